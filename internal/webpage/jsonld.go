package webpage

import (
	"encoding/json"
	"html"
	"maps"
	"strings"
)

// object is a node of JSON-LD, read as schema.org is written in practice: without contexts, by its plain keys.
type object map[string]any

// containers are the keys under which a page puts its own article. Others, such as hasPart or mentions, hold other
// articles.
var containers = []string{"@graph", "mainEntity", "mainEntityOfPage"}

// findArticle returns the article that the JSON-LD scripts of a page describe: the outermost, first of type Article or
// a kind of it, else the first WebPage; empty if there is neither. A script that is not JSON counts for nothing.
func findArticle(scripts []string) object {
	var level []any
	for _, script := range scripts {
		level = append(level, decodeJSON(script)...)
	}
	var webPage object
	named := map[string]object{}
	for len(level) > 0 {
		var deeper []any
		for _, value := range level {
			switch v := value.(type) {
			case []any:
				deeper = append(deeper, v...)
			case map[string]any:
				node := object(v)
				if id := node.text("@id"); id != "" && len(node) > 1 {
					named[id] = node
				}
				for _, key := range containers {
					deeper = append(deeper, node[key])
				}
			}
		}
		for _, value := range level {
			node, _ := value.(map[string]any)
			switch {
			case object(node).isA("Article", "Posting", "Report"):
				return object(node).resolve(named)
			case webPage == nil && object(node).isA("WebPage"):
				webPage = node
			}
		}
		level = deeper
	}
	return webPage.resolve(named)
}

// isA reports whether a type of o ends in one of the given words: NewsArticle and LiveBlogPosting are kinds of Article.
func (o object) isA(kinds ...string) bool {
	for _, t := range texts(o["@type"]) {
		for _, kind := range kinds {
			if strings.HasSuffix(t, kind) {
				return true
			}
		}
	}
	return false
}

// resolve returns o with the people and outlets that it names by @id alone put in place.
func (o object) resolve(named map[string]object) object {
	resolved := object{}
	maps.Copy(resolved, o)
	for _, key := range []string{"author", "publisher"} {
		var values []any
		for _, value := range list(o[key]) {
			if reference, ok := value.(map[string]any); ok && len(reference) == 1 {
				if target, ok := named[object(reference).text("@id")]; ok {
					value = map[string]any(target)
				}
			}
			values = append(values, value)
		}
		resolved[key] = values
	}
	return resolved
}

// text returns the first text under key, its character references decoded; empty if there is none.
func (o object) text(key string) string {
	for _, s := range texts(o[key]) {
		return html.UnescapeString(s)
	}
	return ""
}

// names returns the names of the people or organisations under key, which stand there as text or as objects.
func (o object) names(key string) []string {
	var names []string
	for _, value := range list(o[key]) {
		if node, ok := value.(map[string]any); ok {
			value = node["name"]
		}
		for _, s := range texts(value) {
			names = append(names, html.UnescapeString(s))
		}
	}
	return names
}

// name returns the first of names.
func (o object) name(key string) string {
	for _, name := range o.names(key) {
		return name
	}
	return ""
}

// list returns value as a list: JSON-LD writes a list of one as its element.
func list(value any) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{value}
}

// texts returns those of value's elements that are text.
func texts(value any) []string {
	var texts []string
	for _, element := range list(value) {
		if s, ok := element.(string); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

// decodeJSON returns the values in s up to the first that cannot be read. It forgives what templates often get wrong:
// comment marks around the script, line ends inside strings, commas after the last element.
func decodeJSON(s string) []any {
	s = strings.TrimSpace(s)
	for _, mark := range []string{"<!--", "//<![CDATA[", "<![CDATA["} {
		s = strings.TrimPrefix(s, mark)
	}
	var values []any
	decoder := json.NewDecoder(strings.NewReader(repairJSON(s)))
	for {
		var value any
		if err := decoder.Decode(&value); err != nil {
			return values
		}
		values = append(values, value)
	}
}

// repairJSON makes control characters spaces, and takes out commas right before a closing bracket.
func repairJSON(s string) string {
	repaired := []byte(s)
	inString, escaped := false, false
	comma := -1 // of the comma that nothing but white space follows yet
	for i, c := range repaired {
		if c < ' ' || c == 0x7F {
			c = ' '
			repaired[i] = c
		}
		switch {
		case inString:
			inString = escaped || c != '"'
			escaped = c == '\\' && !escaped
			continue
		case c == '"':
			inString = true
		case c == ',':
			comma = i
			continue
		case (c == '}' || c == ']') && comma >= 0:
			repaired[comma] = ' '
		}
		if c != ' ' {
			comma = -1
		}
	}
	return string(repaired)
}
