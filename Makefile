# make help shows what there is.
.DEFAULT_GOAL := help
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LINT    := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
TARGETS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64

help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## the sample company in the browser, no account needed
	go run ./cmd/crmbot demo

chat: ## talk to the bot on this terminal, as a customer
	go run ./cmd/crmbot chat --as customer:ana

test: ## every test, on SQLite and on Postgres where it is found
	go test ./...

# Packages that only answer one event after the other are played through
# bottest; those that read files have nothing to race with either.
RACED := ./bot ./bot/assist ./bot/bottest ./bot/knowledge/... ./bot/locale ./bot/pipeline ./bot/script \
	./storage/... ./adapters/... ./cmd/crmbot ./cmd/crmbot/playground ./cmd/crmbench

race: ## the tests of what runs side by side, with the race detector
	go test -race -short -timeout 40m $(RACED)

golden: ## write the golden conversations anew; read the difference before committing
	go test ./bot/... -update

verify: ## the adapters against programs that nobody here wrote (Node)
	CRMBOT_VERIFIERS=$$(./.ci/verifiers) go test -count=1 -v -run 'Telegram|GrammY|Bolt|Slack|Types|Weixins|Wechat|Wecom' ./adapters/

talks: ## write the golden conversations of the platforms anew; read the difference
	CRMBOT_UPDATE=1 go test -count=1 -run Everywhere ./adapters/

bench: ## crmbot under load beside what else one could run, in under ten minutes (Linux); figures in dist/bench.json
	@mkdir -p dist
	go run ./cmd/crmbench -within 9m -json dist/bench.json $(ARGS)

bench-growth: ## the same load on an empty database and on one of a million contacts and ten million messages (Linux, 12 GB, half an hour)
	go run ./cmd/crmbench growth $(ARGS)

soak: ## everything that goes wrong, in turn and under load, in a quarter of an hour (Linux)
	go run ./cmd/crmbench soak $(ARGS)

bench-go: ## Go's benchmarks of inbox, worker and sender
	go test -run '^$$' -bench . -benchmem ./bot/pipeline/

fuzz: ## half a minute on every fuzz test
	./.ci/fuzz 30s

word: ## add a sentence: make word KEY=lead.won EN='…' ZH='…'
	go run ./cmd/word -key '$(KEY)' -en '$(EN)' -zh '$(ZH)'

lint: golangci ## what the reviewer would say first
	go vet ./...

golangci:
	go run $(LINT) run

fmt: ## format the code
	go run mvdan.cc/gofumpt@v0.12.0 -w adapters bot cmd crm storage

build: ## the binary for this machine
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o crmbot ./cmd/crmbot

dist: ## static binaries for Linux, macOS and Windows, in dist/
	@mkdir -p dist
	@for t in $(TARGETS); do \
		os=$${t%/*}; arch=$${t#*/}; ext=; [ $$os = windows ] && ext=.exe; \
		echo "dist/crmbot-$$os-$$arch$$ext"; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" \
			-o dist/crmbot-$$os-$$arch$$ext ./cmd/crmbot || exit 1; \
	done

.PHONY: help demo chat test race golden verify talks bench bench-growth soak bench-go fuzz word lint golangci fmt build dist
