# Needs the .NET SDK of global.json and nothing else; `make verify` also needs git.
.DEFAULT_GOAL := help
.PHONY: help run images image-data-plane image-operator build test load bench screenshots sessions generate format format-check migrations migrations-check tools verify

# Tests run what ships: optimised code. `make test CONFIGURATION=Debug` for a debugger.
CONFIGURATION ?= Release
# More for the test platform, e.g. TEST_ARGS='--filter-class "*Merkle*"'.
TEST_ARGS ?=
# Another program of the benchmarks than the report (load, soak, grow, faults, core, pull), or BenchmarkDotNet's, e.g. BENCH_ARGS='--filter *Forest*'.
BENCH_ARGS ?=

# What `make load` sends, where its page goes, and more for it, e.g. LOAD_ARGS="--target http://localhost:5080 --scale 2".
SCENARIO ?= samples/load/day.yaml
LOAD_OUT ?= out/load
LOAD_ARGS ?=

# Where images go, e.g. REGISTRY=registry.example.com; empty = the local Docker or Podman.
REGISTRY ?=
# More for the publishing of images, e.g. IMAGE_ARGS='-p:ContainerBaseImage=…'.
IMAGE_ARGS ?=
# Processors of the images, e.g. PLATFORMS='linux-x64;linux-arm64'; empty = this machine's. Several make one index, without emulation; lock files know this machine's packages only.
PLATFORMS ?=

DATAPLANE := dataplane/FinObs.DataPlane
OPERATOR := operator/FinObs.Operator
MIGRATIONS := Storage/Migrations
FORMAT := dotnet format whitespace . --folder --exclude $(DATAPLANE)/$(MIGRATIONS)/
EF := dotnet ef --project $(DATAPLANE)
# One `Initial` migration a provider until the first release, under one id: what is generated twice is the same twice.
MIGRATION_ID := 20260101000000_Initial

PUBLISH_IMAGE = -c Release -t:PublishContainer -p:ForImage=true $(if $(REGISTRY),-p:ContainerRegistry=$(REGISTRY)) \
  $(if $(PLATFORMS),-p:RuntimeIdentifiers='"$(PLATFORMS)"' -p:ContainerRuntimeIdentifiers='"$(PLATFORMS)"' -p:RestoreLockedMode=false) $(IMAGE_ARGS)

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

run: ## the data plane with its demo on http://localhost:5080
	dotnet run --project $(DATAPLANE)

build: ## everything, warnings are errors
	dotnet build -c $(CONFIGURATION)

images: image-data-plane image-operator ## both images, finobs/data-plane and finobs/operator: to the local Docker or Podman, or to REGISTRY=host

image-data-plane:
	dotnet publish $(DATAPLANE) $(PUBLISH_IMAGE)

image-operator:
	dotnet publish $(OPERATOR) $(PUBLISH_IMAGE)

test: ## every test, on SQLite and on a real PostgreSQL where there is one
	dotnet test -c $(CONFIGURATION) $(TEST_ARGS)

load: ## send a scenario of samples/load to a running data plane and write a page with pictures
	dotnet run --project tests/FinObs.Load -c Release -- $(SCENARIO) --out $(LOAD_OUT) $(LOAD_ARGS)

bench: ## measure the core and the load over HTTP, print the tables and write docs/benchmarks.md (a quarter of an hour)
	dotnet run -c Release --project tests/FinObs.Benchmarks -- $(if $(BENCH_ARGS),$(BENCH_ARGS),report)

screenshots: build ## take the pictures of docs/images in a real Chromium (FINOBS_TEST_CHROMIUM, or where Debian puts it)
	FINOBS_README_SCREENSHOTS=docs/images dotnet tests/FinObs.Dashboard.Tests/bin/$(CONFIGURATION)/net10.0/FinObs.Dashboard.Tests.dll -noLogo -class "*.ScreenshotTests"

sessions: build ## measure the first paint and what an open session costs, with a hundred tabs of a real Chromium
	FINOBS_MEASURE_SESSIONS=100 dotnet tests/FinObs.Dashboard.Tests/bin/$(CONFIGURATION)/net10.0/FinObs.Dashboard.Tests.dll -noLogo -class "*.SessionsMeasurement" -showLiveOutput

generate: build ## regenerate what is generated and committed: one line a file
	dotnet $(DATAPLANE)/bin/$(CONFIGURATION)/net10.0/FinObs.DataPlane.dll openapi --out docs/openapi.json
	dotnet $(OPERATOR)/bin/$(CONFIGURATION)/net10.0/FinObs.Operator.dll crds --out crds --docs docs/resources
	dotnet $(OPERATOR)/bin/$(CONFIGURATION)/net10.0/FinObs.Operator.dll rbac --out charts/finobs/rbac --bundle deploy/kubernetes
	cp crds/*.yaml charts/finobs-crds/templates/
	cp grafana/dashboards/*.json charts/finobs/dashboards/
	cp grafana/alerts/finobs.yaml charts/finobs/alerts/

format: ## mend white space
	$(FORMAT)

format-check:
	$(FORMAT) --verify-no-changes

migrations: tools ## regenerate the `Initial` migration of both providers
	rm -rf $(DATAPLANE)/$(MIGRATIONS)
	$(EF) migrations add Initial --context SqliteFinObsDbContext -o $(MIGRATIONS)/Sqlite
	$(EF) migrations add Initial --context PostgresFinObsDbContext -o $(MIGRATIONS)/PostgreSql --no-build
	for folder in $(DATAPLANE)/$(MIGRATIONS)/*; do \
	  sed -i.old -E 's/Migration\("[0-9]+_Initial"\)/Migration("$(MIGRATION_ID)")/' $$folder/*_Initial.Designer.cs && \
	  rm $$folder/*.old && \
	  mv $$folder/*_Initial.Designer.cs $$folder/$(MIGRATION_ID).Designer.cs && \
	  mv $$folder/*_Initial.cs $$folder/$(MIGRATION_ID).cs || exit 1; \
	done

migrations-check: tools build
	$(EF) migrations has-pending-model-changes --context SqliteFinObsDbContext --configuration $(CONFIGURATION) --no-build
	$(EF) migrations has-pending-model-changes --context PostgresFinObsDbContext --configuration $(CONFIGURATION) --no-build

tools:
	dotnet tool restore

verify: format-check generate migrations-check test ## what CI asks: formatted, generated files current, built, tested, tree clean
	@test -z "$$(git status --porcelain)" || { echo 'verify: the tree is dirty; commit what was generated or changed:'; git status --short; exit 1; }
