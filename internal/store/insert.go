package store

import (
	"reflect"
	"strings"

	"gorm.io/gorm"
)

// insertRows and insertValues bound what one statement inserts; both engines take 32,766 values.
const insertRows, insertValues = 256, 30_000

// insert writes rows as they are, their ids among them. It takes GORM's model of their columns, and as few statements as
// there is need of: powers of two of rows each, so that there are not many statements to keep prepared.
func insert[T any](tx *gorm.DB, rows []T) error {
	model := &gorm.Statement{DB: tx}
	if err := model.Parse(new(T)); err != nil {
		return err
	}
	columns := model.Schema.DBNames
	for most := insertRows; len(rows) > 0; {
		for most > len(rows) || most*len(columns) > insertValues {
			most /= 2
		}
		values := make([]any, 0, most*len(columns))
		for i := range rows[:most] {
			row := reflect.ValueOf(&rows[i]).Elem()
			for _, column := range columns {
				value, _ := model.Schema.FieldsByDBName[column].ValueOf(tx.Statement.Context, row)
				values = append(values, value)
			}
		}
		places := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + "), "
		query := "INSERT INTO " + model.Schema.Table + " (" + strings.Join(columns, ", ") + ") VALUES " +
			strings.TrimSuffix(strings.Repeat(places, most), ", ")
		if err := tx.Exec(query, values...).Error; err != nil {
			return err
		}
		rows = rows[most:]
	}
	return nil
}
