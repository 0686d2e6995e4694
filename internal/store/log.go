package store

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// slow is how long a statement takes that is worth a line in the log.
const slow = time.Second

// statementLog logs slow and failed statements, without their values. Those that failed because their client went away, or
// the database did, are no news: whoever asked is told, once, and not for every statement.
type statementLog struct {
	logger.Interface
	engine engine
}

func newStatementLog(log *slog.Logger, e engine) logger.Interface {
	keepValuesOut()
	return statementLog{logger.NewSlogLogger(log, logger.Config{SlowThreshold: slow, LogLevel: logger.Warn}), e}
}

// keepValuesOut does for statements that end in Scan what ParamsFilter does for all others: GORM asks a variable of its own.
var keepValuesOut = sync.OnceFunc(func() { logger.RecorderParamsFilter = statementLog{}.ParamsFilter })

// LogMode implements logger.Interface.
func (l statementLog) LogMode(level logger.LogLevel) logger.Interface {
	return statementLog{l.Interface.LogMode(level), l.engine}
}

// Trace implements logger.Interface. It has a statement written out only where it is logged.
func (l statementLog) Trace(ctx context.Context, begin time.Time, statement func() (sql string, rowsAffected int64), err error) {
	switch {
	case err == nil && time.Since(begin) < slow,
		errors.Is(err, gorm.ErrRecordNotFound),
		err != nil && (ctx.Err() != nil || l.engine.away(err)):
	default:
		l.Interface.Trace(ctx, begin, statement, err)
	}
}

// ParamsFilter implements gorm.ParamsFilter.
func (statementLog) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) {
	return sql, nil
}
