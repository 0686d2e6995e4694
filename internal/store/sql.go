package store

import (
	"database/sql"
	"errors"

	"gorm.io/gorm"
)

type (
	scanFunc = func(into ...any) error
	rowFunc  = func(scan scanFunc) error
)

// eachRow gives fn the rows that a query finds, by GORM: a list as a parameter is written out.
func eachRow(tx *gorm.DB, query string, parameters []any, fn rowFunc) (err error) {
	rows, err := tx.Raw(query, parameters...).Rows()
	if err != nil {
		return err
	}
	return scanRows(rows, fn)
}

// scanRows gives fn rows, and closes them.
func scanRows(rows *sql.Rows, fn rowFunc) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// execute runs a statement. SQLite gets it as it is: GORM would look in it for the places of the values, which takes longer
// than a statement for many rows does.
func execute(tx *gorm.DB, query string, values ...any) error {
	if tx.Name() == "postgres" {
		return tx.Exec(query, values...).Error
	}
	_, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, query, values...)
	return translated(tx, err)
}

// readRows gives fn the rows that a query finds, as eachRow does. SQLite gets the query as it is.
func readRows(tx *gorm.DB, query string, values []any, fn rowFunc) error {
	if tx.Name() == "postgres" {
		return eachRow(tx, query, values, fn)
	}
	rows, err := tx.Statement.ConnPool.QueryContext(tx.Statement.Context, query, values...)
	if err != nil {
		return translated(tx, err)
	}
	return translated(tx, scanRows(rows, fn))
}

// readRow reads the one row that a query finds, or sql.ErrNoRows. SQLite gets the query as it is.
func readRow(tx *gorm.DB, query string, values []any, into ...any) error {
	if tx.Name() == "postgres" {
		return tx.Raw(query, values...).Row().Scan(into...)
	}
	return translated(tx, tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, query, values...).Scan(into...))
}

// translated is an error of the database as GORM has it.
func translated(tx *gorm.DB, err error) error {
	if translator, ok := tx.Dialector.(gorm.ErrorTranslator); ok && err != nil {
		return translator.Translate(err)
	}
	return err
}
