package rest

import "github.com/labstack/echo/v4"

// routes are all routes of the tracker. A path that has other methods answers 405 with Allow, and OPTIONS with Allow.
func (s *Server) routes(e *echo.Echo) {
	get := func(path string, h echo.HandlerFunc) { e.Match([]string{echo.GET, echo.HEAD}, path, h) }

	get("/healthz", s.healthz)
	get("/readyz", s.readyz)
	s.routeDocs(get)

	get("/api/v1/sources", s.listSources)
	e.POST("/api/v1/sources", s.createSource)
	get("/api/v1/sources/:id", s.getSource)
	e.PUT("/api/v1/sources/:id", s.putSource)
	e.PATCH("/api/v1/sources/:id", s.patchSource)
	e.DELETE("/api/v1/sources/:id", s.deleteSource)

	get("/api/v1/actors", s.listActors)
	e.POST("/api/v1/actors", s.createActor)
	get("/api/v1/actors/:id", s.getActor)
	e.PUT("/api/v1/actors/:id", s.putActor)
	e.PATCH("/api/v1/actors/:id", s.patchActor)
	e.DELETE("/api/v1/actors/:id", s.deleteActor)

	get("/api/v1/elections", s.listElections)
	e.POST("/api/v1/elections", s.createElection)
	get("/api/v1/elections/:id", s.getElection)
	e.PUT("/api/v1/elections/:id", s.putElection)
	e.PATCH("/api/v1/elections/:id", s.patchElection)
	e.DELETE("/api/v1/elections/:id", s.deleteElection)

	get("/api/v1/articles", s.listArticles)
	e.POST("/api/v1/articles", s.createArticle)
	e.POST("/api/v1/articles/upload", s.uploadArticle)
	get("/api/v1/articles/:id", s.getArticle)
	e.PUT("/api/v1/articles/:id", s.putArticle)
	e.PATCH("/api/v1/articles/:id", s.patchArticle)
	e.DELETE("/api/v1/articles/:id", s.deleteArticle)
	get("/api/v1/articles/:id/versions", s.listVersions)
	e.POST("/api/v1/articles/:id/versions", s.createVersion)
	get("/api/v1/articles/:id/versions/:n", s.getVersion)

	get("/api/v1/sentences", s.listSentences)
	get("/api/v1/sentences/:id", s.getSentence)

	get("/api/v1/claims", s.listClaims)
	e.POST("/api/v1/claims", s.createClaim)
	e.POST("/api/v1/claims/bulk", s.createClaims)
	get("/api/v1/claims/facets", s.countClaims)
	get("/api/v1/claims/:id", s.getClaim)
	e.PUT("/api/v1/claims/:id", s.putClaim)
	e.PATCH("/api/v1/claims/:id", s.patchClaim)
	e.DELETE("/api/v1/claims/:id", s.deleteClaim)
	e.POST("/api/v1/claims/:id/occurrences", s.createOccurrence)

	get("/api/v1/occurrences", s.listOccurrences)
	get("/api/v1/occurrences/:id", s.getOccurrence)
	e.PUT("/api/v1/occurrences/:id", s.putOccurrence)
	e.PATCH("/api/v1/occurrences/:id", s.patchOccurrence)
	e.DELETE("/api/v1/occurrences/:id", s.deleteOccurrence)

	get("/api/v1/stats/totals", s.getTotals)
	get("/api/v1/stats/timeline", s.getTimeline)
	get("/api/v1/stats/crosstab", s.getCrosstab)
	get("/api/v1/stats/seen", s.getSeen)
	get(gapsPath, s.getGaps)
	get("/api/v1/search", s.listResults)

	get("/api/v1/tactics", s.listTactics)
	get("/api/v1/techniques", s.listTechniques)
	get("/api/v1/techniques/:code", s.getTechnique)
}
