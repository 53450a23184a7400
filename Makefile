SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help build images demo test test-fast test-one test-cluster soak bench fmt crds manifests lint-chart clean

MAVEN_OPTS := --sun-misc-unsafe-memory-access=allow -Djansi.noreset=true $(MAVEN_OPTS)
export MAVEN_OPTS
# Looked up when it is needed: setup may have installed the JDK just before.
MVN = JAVA_HOME=$$(scripts/java-home) mvn -q -B -ntp -Dstyle.color=never

help: ## list these targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r t d; do printf 'make %-12s %s\n' "$$t" "$$d"; done

build: ## compile and package everything (JDK 25 and Maven)
	@scripts/setup build
	@$(MVN) -Dmaven.test.skip=true package
	@scripts/archive

images: ## build the images of operator and agent as archives in target/images (Linux); PUSH=registry/path pushes them too
	@scripts/setup images
	@PUSH=$(PUSH) PLATFORM=$(PLATFORM) JDK_ARM64=$(JDK_ARM64) images/build

demo: ## set up, then show images, chart and a policy at work on two nodes (Linux, root); KEEP=1 leaves them up
	@scripts/setup
	@KEEP=$(KEEP) scripts/demo

test: ## set up, then run all tests (Linux, root)
	@scripts/test

test-fast: ## run the tests that need only a JVM
	@scripts/test fast

test-one: ## run one test on the kernel, the control plane or nodes alone: NAME=ScansKernelIT, or NAME='ScansKernelIT#a_method'
	@scripts/setup
	@case '$(NAME)' in *NodesIT*) images/build ;; esac
	@$(MVN:-q=) -pl e2e -am verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='$(NAME)' | sed -unE -f scripts/progress.sed

# A KUBECONFIG that only stands in the environment is not meant for this.
ifeq ($(origin KUBECONFIG),command line)
CLUSTER = '$(KUBECONFIG)' '$(IMAGES)'
endif
test-cluster: ## install, use and uninstall in the cluster KUBECONFIG=file, with IMAGES=registry/path; without it in k3s by Docker, else in the lab
	@K3S=$(K3S) scripts/test-cluster $(CLUSTER)

soak: ## set up, then for twenty minutes: kill programs at random, exchange rules under a flood, compare the walk with the kernel, fail for long (Linux, root); SEED= repeats the first
	@scripts/setup
	@SEED=$(SEED) scripts/soak

bench: ## set up, then measure and print the table of budgets (Linux, root)
	@scripts/setup
	@scripts/bench

fmt: ## format the Java sources
	@scripts/setup build
	@$(MVN) spotless:apply

crds: ## write the CRDs, the schemas for editors and the reference anew from the Java records, and what has copies of them
	@scripts/setup build
	@$(MVN) -pl crds test -Dtest=GeneratedCrdsTest -Dcrds.write=true
	@$(MAKE) -s manifests

manifests: ## write anew what is made from the chart, the CRDs and the script for Argo CD
	@scripts/setup build
	@$(MVN) -pl helm test -Dtest=GeneratedFilesTest,GoldenTest -Dmanifests.write=true
	@$(MVN) -pl operator -am test -Dtest='PolicyLifeTest,io.hostfirewall.operator.agent.ChartTest' -Dsurefire.failIfNoSpecifiedTests=false -Dmanifests.write=true

lint-chart: ## look for faults in chart, manifests and examples with five scanners (built once, trivy in a quarter of an hour)
	@scripts/setup
	@scripts/lint-chart

clean: ## remove everything that was built
	@rm -rf target */target
