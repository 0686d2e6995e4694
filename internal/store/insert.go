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
