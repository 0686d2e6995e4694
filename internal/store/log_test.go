package store_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"gorm.io/gorm"

	"claimtracker/internal/store"
)

func TestTheLogHasFailedStatementsWithoutTheirValuesAndNoneThatWereCancelled(t *testing.T) {
	var log bytes.Buffer
	s := must(store.Open(bg, empty(t), slog.New(slog.NewTextHandler(&log, nil)), clock()))
	ask := func(ctx context.Context, column string) error {
		return s.Read(bg, func(tx *gorm.DB) error {
			var n int
			return tx.WithContext(ctx).Raw("SELECT "+column+" FROM sources WHERE name = ?", "confidential").Scan(&n).Error
		})
	}
	cancelled, cancel := context.WithCancel(bg)
	cancel()
	if ask(bg, "no_such_column") == nil || ask(cancelled, "version") == nil {
		t.Error("a statement that cannot succeed did")
	}
	must(0, s.Close())
	if said := log.String(); !strings.Contains(said, "no_such_column") || strings.Contains(said, "confidential") || strings.Contains(said, "version") {
		t.Errorf("the log has %s\nwant the failed statement, without its value, and not the cancelled one", said)
	}
}
