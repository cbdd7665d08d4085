"""Fails unless a wheel holds every Python file of the packages, and nothing else: `wheel-check.py WHEEL`."""

import subprocess
import sys
import zipfile

tracked = subprocess.run(
    ["git", "ls-files", "-z", "integrity", "rules"], capture_output=True, text=True, check=True
).stdout
wanted = {
    path.replace("rules/", "integrity_rules/", 1) if path.startswith("rules/") else path for path in tracked.split("\0")
}
packed = {name for name in zipfile.ZipFile(sys.argv[1]).namelist() if ".dist-info/" not in name}
missing, extra = wanted - packed - {""}, packed - wanted
if missing or extra:
    sys.exit(f"{sys.argv[1]}: missing {sorted(missing)}, not wanted {sorted(extra)}")
