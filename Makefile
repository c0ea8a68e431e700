# Makes .venv from the lock files, then hands every target to tasks.py: `make site` is `invoke site`.

PYTHON ?= python3
VENV := .venv
INVOKE := $(VENV)/bin/invoke
INSTALL := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes

# These need the tools of the tests beside what the site needs.
TESTING := test soak quality lock

site: $(VENV)/site.installed
	@$(INVOKE) site

$(TESTING): $(VENV)/test.installed
	@$(INVOKE) $@

# FORCE, as a file or folder may have a command's name: bench/ does.
%: $(VENV)/site.installed FORCE
	@$(INVOKE) $@

$(VENV)/site.installed: requirements.txt $(VENV)/made
	@echo "Installing what the site needs into $(VENV) ..."
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/test.installed: requirements-test.txt $(VENV)/made | $(VENV)/site.installed
	@echo "Installing what the tests need into $(VENV) ..."
	@$(INSTALL) -r requirements-test.txt
	@touch $@

# A mark of its own: an interrupted venv leaves a python without pip, and is made anew.
$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "$(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "$(PYTHON) cannot make virtual environments; on Debian: apt install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $(PYTHON) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

Makefile requirements.txt requirements-test.txt FORCE: ;

.PHONY: site $(TESTING) FORCE
