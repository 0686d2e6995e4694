package store

import (
	"reflect"
	"strings"

	"gorm.io/gorm"
)

// insertRows bounds how many rows one statement inserts. More are no cheaper by the row, and what SQLite keeps of a statement,
// and of the pages that it changes, takes memory.
const insertRows = 64

// insert writes rows as they are, their ids among them. It takes GORM's model of their columns, and as few statements as
// there is need of: powers of two of rows each, so that there are not many statements to keep prepared.
func insert[T any](tx *gorm.DB, rows []T) error {
	model := &gorm.Statement{DB: tx}
	if err := model.Parse(new(T)); err != nil {
		return err
	}
	columns := model.Schema.DBNames
	fields := make([][]int, len(columns))
	for i, column := range columns {
		fields[i] = model.Schema.FieldsByDBName[column].StructField.Index
	}
	for most := insertRows; len(rows) > 0; {
		for most > len(rows) {
			most /= 2
		}
		values := make([]any, 0, most*len(columns))
		for i := range rows[:most] {
			row := reflect.ValueOf(&rows[i]).Elem()
			for _, field := range fields {
				values = append(values, valueOf(row.FieldByIndex(field)))
			}
		}
		places := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + "), "
		query := "INSERT INTO " + model.Schema.Table + " (" + strings.Join(columns, ", ") + ") VALUES " +
			strings.TrimSuffix(strings.Repeat(places, most), ", ")
		if err := execute(tx, query, values...); err != nil {
			return err
		}
		rows = rows[most:]
	}
	return nil
}

// valueOf is a field as the database takes it: whole numbers and texts as such, whatever their types are called, which need not
// be looked at again on their way.
func valueOf(field reflect.Value) any {
	switch field.Kind() {
	case reflect.Int, reflect.Int64:
		return field.Int()
	case reflect.String:
		return field.String()
	default:
		return field.Interface()
	}
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
