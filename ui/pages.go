package ui

import (
	"perch/ui/attention"
	"perch/ui/limits"
	"perch/ui/logs"
	"perch/ui/overview"
	"perch/ui/settings"
	"perch/ui/setup"
	"perch/ui/traffic"
	"perch/ui/window"
)

// Pages is the table of pages, in the order of the navigation and of the shortcuts. A new page is a folder beside this
// file, with a New that takes the window and returns a window.Page, and a line here. The name is that of its icon in kit
// and, after "window.", of its text in the navigation.
func Pages() []window.Entry {
	return []window.Entry{
		{Name: window.Overview, New: overview.New},
		{Name: window.Traffic, New: traffic.New},
		{Name: window.Attention, New: attention.New},
		{Name: "limits", New: limits.New},
		{Name: "logs", New: logs.New},
		{Name: "settings", New: settings.New},
		{Name: window.Setup, New: setup.New},
	}
}
