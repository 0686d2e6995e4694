package store

import "testing"

func TestWhatIsTooMuchToRememberPushesNothingOut(t *testing.T) {
	m := memory{most: 2000}
	m.keep(part{id: 1}, "a", 100)
	m.keep(part{id: 2}, "old", 100)
	m.keep(part{id: 2}, "b", 5000)
	if _, ok := recall[string](&m, part{id: 1}); !ok {
		t.Error("what was remembered is forgotten for something that there is no room for at all")
	}
	if s, ok := recall[string](&m, part{id: 2}); ok || m.size != partSize+100 {
		t.Errorf("%q is remembered, and %d bytes are; want nothing of what there is no room for", s, m.size)
	}
}
