package crm

import "context"

// ArticleService keeps the knowledge base.
type ArticleService struct{ *base }

// Put makes or changes the article of slug and language; unchanged content
// changes nothing. It says whether it was new or changed.
func (s *ArticleService) Put(ctx context.Context, by Actor, a *Article) (created, changed bool, err error) {
	return false, false, errTodo
}

// Article returns one. CodeNotFound.
func (s *ArticleService) Article(ctx context.Context, id ArticleID) (*Article, error) {
	return nil, errTodo
}
