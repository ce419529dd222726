//go:build windows || darwin

package desktop

import (
	"context"
	"log/slog"
	"os"
	"runtime"

	"perch/ui/tray"
)

// notifier shows notifications by a script of the system; what it shows is handed over apart from the script, so that
// no text is ever run.
type notifier struct {
	t       tray.T
	log     *slog.Logger
	clicked func(section string)
}

const appleScript = `on run argv
display notification (item 2 of argv) with title (item 1 of argv)
end run`

const powerShell = `$k=[Windows.UI.Notifications.ToastNotificationManager,Windows.UI.Notifications,ContentType=WindowsRuntime];` +
	`$x=$k::GetTemplateContent(1);$n=$x.GetElementsByTagName('text');` +
	`[void]$n.Item(0).AppendChild($x.CreateTextNode($env:PERCH_TITLE));[void]$n.Item(1).AppendChild($x.CreateTextNode($env:PERCH_BODY));` +
	`$t=[Windows.UI.Notifications.ToastNotification]::new($x);$t.Tag=$env:PERCH_GROUP;$k::CreateToastNotifier('Perch').Show($t)`

// Notify shows a notification.
func (n *notifier) Notify(ctx context.Context, notice tray.Notice) error {
	notice = notice.Readable()
	if runtime.GOOS == "darwin" {
		return run(ctx, nil, appleScript, "osascript", "-", notice.Title, notice.Body)
	}
	env := append(os.Environ(), "PERCH_TITLE="+notice.Title, "PERCH_BODY="+notice.Body, "PERCH_GROUP="+notice.Group)
	return run(ctx, env, "", "powershell", "-NoProfile", "-NonInteractive", "-Command", powerShell)
}

func (n *notifier) close() {}
