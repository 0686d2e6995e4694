package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

func TestMistakesInTheAddressesOfDatabasesAreToldTogetherAndWithoutPasswords(t *testing.T) {
	for _, test := range []struct {
		arguments string
		want      []string
	}{
		{"--database claims.db --replicas postgres://claims:hush@replica/claims --addr nowhere", []string{"--replicas, number 1: only a PostgreSQL database", "--addr:"}},
		{"--database mysql://claims:hush@db/claims --drain never", []string{"--database: must be the URL", "--drain:"}},
		{"--database postgres://claims:hush%@db/claims --replicas postgres://claims:hush@db/claims,mysql://claims:hush@replica", []string{"--database: must be the URL", "--replicas, number 2: must be the URL"}},
		{"--database password=hush --drain never", []string{"--database: must be the URL", "--drain:"}},
		{"--database postgres://claims:hush@a.example,b.example/claims --drain never", []string{"--database: must name one server", "--drain:"}},
		{"--database postgres://claims:hush@127.0.0.1:1/claims", []string{"cannot reach PostgreSQL"}},
		{"import --database postgres://claims:hush@127.0.0.1:1/claims nothing.txt", []string{"cannot reach PostgreSQL"}},
	} {
		var out bytes.Buffer
		err := run(context.Background(), strings.Fields(test.arguments), &out, &out)
		if err == nil {
			t.Errorf("%s: accepted", test.arguments)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v; want %q said", test.arguments, err, want)
			}
		}
		if said := out.String() + err.Error(); strings.Contains(said, "hush") {
			t.Errorf("%s: %s, which tells a password", test.arguments, said)
		}
	}
}
