package control_test

import (
	"slices"
	"testing"
	"time"

	"perch/app/control"
)

func TestJudged_WhatIsNotAMessage(t *testing.T) {
	for name, c := range map[string]struct {
		change func(s *control.Status)
		want   []string // side, level
	}{
		"room":                 {func(s *control.Status) { s.Disk = control.Disk{Free: 501 << 20, Total: 100 << 30} }, nil},
		"hardly any room":      {func(s *control.Status) { s.Disk = control.Disk{Free: 499 << 20, Total: 100 << 30} }, []string{"disk needs_you"}},
		"a small disk":         {func(s *control.Status) { s.Disk = control.Disk{Free: 3 << 20, Total: 32 << 20} }, nil},
		"not known":            {func(s *control.Status) { s.Disk = control.Disk{} }, nil},
		"a message that waits": {func(s *control.Status) { s.Channels[0].Inbound.OldestWaitingAt = ago(14 * time.Minute) }, nil},
		"for too long":         {func(s *control.Status) { s.Channels[0].Outbound.OldestWaitingAt = ago(15 * time.Minute) }, []string{"waiting healing"}},
		"from the future":      {func(s *control.Status) { s.Channels[0].Inbound.OldestWaitingAt = ago(-time.Hour) }, nil},
		"a certificate": {func(s *control.Status) {
			s.Certificates = []control.Certificate{{Setting: "web.cert_file", Until: judgedAt.Add(15 * 24 * time.Hour)}}
		}, nil},
		"that ends": {func(s *control.Status) {
			s.Certificates = []control.Certificate{{Setting: "web.cert_file", Until: judgedAt.Add(time.Hour)}}
		}, []string{"certificate needs_you"}},
		"that of the tunnel": {func(s *control.Status) {
			s.Reach.State, s.Reach.LastProof = "degraded", ago(time.Minute)
			s.Reach.Tunnel = &control.Tunnel{Kind: "tls", State: "degraded", Detail: "the certificate ends on Friday. Put a new one there"}
		}, []string{"certificate needs_you"}},
		"that Perch renews": {func(s *control.Status) {
			s.Reach.State, s.Reach.LastProof = "degraded", ago(time.Minute)
			s.Reach.Tunnel = &control.Tunnel{Kind: "tls", State: "degraded", Detail: "the certificate ends on Friday. nothing to do: Perch renews it by itself"}
		}, []string{"certificate healing"}},
		"an alert that fails": {func(s *control.Status) {
			s.Alerts = []control.Alert{{Name: "ops", State: control.AlertFailing, FailingSince: ago(time.Minute), Failure: &control.Failure{Kind: "temporary", Message: "no"}}}
		}, []string{"alert healing"}},
		"for long": {func(s *control.Status) {
			s.Alerts = []control.Alert{{Name: "ops", State: control.AlertFailing, FailingSince: ago(time.Hour), Failure: &control.Failure{Kind: "temporary", Message: "no"}}}
		}, []string{"alert needs_you"}},
		"for good": {func(s *control.Status) {
			s.Alerts = []control.Alert{{Name: "ops", State: control.AlertFailing, FailingSince: ago(time.Second), Failure: &control.Failure{Kind: "operator", Message: "no"}}}
		}, []string{"alert needs_you"}},
	} {
		var got []string
		for _, condition := range judged(c.change).Conditions {
			got = append(got, condition.Side+" "+string(condition.Level))
			if condition.Title() == condition.What {
				t.Errorf("%s has no title", condition.Key())
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
