package rest_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// leaks are words that only the program's inside knows.
var leaks = regexp.MustCompile(`(?i)\b(tracker|rest|store|text|intake|webpage|json|jsontext|http|strconv|time|url|sql|echo|multipart)\.[A-Z]\w|` +
	`\bselect\b|\binsert\b|sqlite|postgres|gorm|goose|constraint|json:|unmarshal|\*errors|interface \{|/work|/tmp|/dev/shm|/root|/home|\.go\b|goroutine|panic|nil pointer|0x[0-9a-f]{6}|%!`)

// hints are parts, in lower case, of which each of the leaks has one. To search for them is quick, and for leaks slow.
var hints = strings.Fields(`tracker. rest. store. text. intake. webpage. json. http. strconv. time. url. sql. echo. multipart.
	select insert sqlite postgres gorm goose constraint json: unmarshal *errors interface /work /tmp /dev/shm /root /home .go goroutine panic nil 0x %!`)

// leaksIn are the words of a text that only the program's inside knows.
func leaksIn(text string) []string {
	lower := strings.ToLower(text)
	if !slices.ContainsFunc(hints, func(hint string) bool { return strings.Contains(lower, hint) }) {
		return nil
	}
	return leaks.FindAllString(text, -1)
}

func TestALeakIsSeenWhereverItStands(t *testing.T) {
	for _, leak := range []string{"tracker.Er", "rest.Ne", "store.Wr", "text.Re", "intake.Ve", "webpage.Re", "json.Un", "jsontext.Va", "http.St", "strconv.Pa", "time.Du", "url.Pa", "sql.Er",
		"echo.Co", "multipart.Fo", "SELECT", "INSERT", "SQLite", "postgres", "gorm", "goose", "constraint", "json:", "unmarshal", "*errors", "interface {", "/work", "/tmp", "/dev/shm", "/root",
		"/home", ".go", "goroutine", "panic", "nil pointer", "0xc000aF", "%!"} {
		for _, text := range []string{leak, "It is " + strings.ToUpper(leak) + " here", "é(" + leak + ")"} {
			if found := leaksIn(text); len(found) != 1 || !strings.EqualFold(found[0], leak) {
				t.Errorf("in %q, the leaks are %q; want %q", text, found, leak)
			}
		}
	}
	if found := leaksIn("The rest, the text and the time are nil."); found != nil {
		t.Errorf("plain words are leaks: %q", found)
	}
}
