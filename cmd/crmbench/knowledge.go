//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"crmbot/cmd/crmbot/articles"
	"crmbot/crm"
)

// ways is to how many questions the knowledge base of the bench knows the
// answer: as many as a company writes down that means it.
const ways = 1500

// topics are what a company is asked beside its wares, in English and Chinese.
var topics = [][2]string{
	{"an internship in your laboratory", "实验室的实习岗位"},
	{"your open positions for engineers", "工程师的招聘职位"},
	{"the newsletter and how to leave it", "邮件订阅和退订"},
	{"press photographs of the company", "公司的媒体图片"},
	{"your annual report to shareholders", "给股东的年度报告"},
	{"the donation you gave to our school", "给我们学校的捐款"},
	{"your patents and trademarks", "你们的专利和商标"},
	{"a lecture at our university", "来我们大学做讲座"},
	{"the stand at the spring trade fair", "春季展会的展位"},
	{"the solar panels on your roof", "屋顶的太阳能板"},
	{"waste water and its treatment", "废水和污水处理"},
	{"the password of the customer portal", "客户门户的密码"},
	{"a recipe competition for bakers", "面包师的食谱比赛"},
	{"your privacy statement", "你们的隐私声明"},
}

// frames are the ways to ask about them.
var frames = [2][]string{
	{
		"Tell me about %s", "What do you say about %s", "Who looks after %s", "I read about %s and want to know more",
		"My boss asks about %s", "Is there a page about %s", "I have heard of %s", "We would like to hear about %s", "Anything new on %s",
		"Whom do I write to about %s", "A colleague told me of %s", "Where does one read about %s", "Please explain %s to me", "One more thing: %s",
		"Do you still remember %s", "It is about %s", "I am calling because of %s",
	},
	{
		"说说%s", "想了解%s", "%s找谁", "听说了%s", "关于%s", "领导问起%s", "%s有介绍吗", "%s的负责人是谁", "我们对%s有兴趣", "%s有什么新消息",
		"%s写信给谁", "同事提到了%s", "哪里能看到%s", "请解释一下%s", "还有一件事，%s", "还记得%s吗", "打电话来是因为%s",
	},
}

// fillKnowledge writes the sample company's articles into a folder, and as many
// others as it takes to know so many ways to ask. It returns all of them.
func fillKnowledge(folder, root string, most int) ([]string, error) {
	all, err := articles.Read(os.DirFS(samples(root)))
	if err != nil {
		return nil, err
	}
	var questions []string
	for _, a := range all {
		questions = append(append(questions, a.Title), a.Phrasings...)
	}
	for i := range 2 * len(topics) {
		left := most - len(questions)
		if left < 2 {
			break
		}
		a := invented(i/2, i%2)
		a.Phrasings = a.Phrasings[:min(len(a.Phrasings), left-1)]
		all = append(all, a)
		questions = append(append(questions, a.Title), a.Phrasings...)
	}
	if len(questions) == 0 {
		return nil, fmt.Errorf("no articles in %s", samples(root))
	}
	_, err = articles.Save(folder, all, nil)
	return questions, err
}

// invented is the article about a topic in one of the two languages.
func invented(topic, language int) *crm.Article {
	about := topics[topic][language]
	a := &crm.Article{
		Slug: fmt.Sprintf("topic-%d", topic+1), Language: [2]string{"en", "zh-CN"}[language], Status: crm.ArticlePublished,
		Title: fmt.Sprintf([2]string{"What about %s?", "%s怎么样？"}[language], about),
		Body: strings.Repeat(fmt.Sprintf([2]string{
			"About %s we write to you within two working days. ", "%s：两个工作日内给您答复。",
		}[language], about), 3),
	}
	for _, frame := range frames[language] {
		a.Phrasings = append(a.Phrasings, fmt.Sprintf(frame, about))
	}
	return a
}

// samples is the folder of the sample company's articles, seen from the top of
// the repository.
func samples(root string) string {
	return filepath.Join(root, "cmd", "crmbot", "sample", "articles")
}
