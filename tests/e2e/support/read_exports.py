"""Reads exports with their formats' own libraries; run by the Python of tests/e2e/python/venv.

    read_exports.py stix FILE      every rule of the standard but "ids should be random"
    read_exports.py misp FILE      as MISP's client, and each object by its published template
"""

import json
import sys
import warnings

warnings.simplefilter("ignore")


def stix(path):
    import stix2
    import stix2validator

    @stix2.v21.CustomObservable("cryptocurrency-wallet", [
        ("value", stix2.properties.StringProperty(required=True))], ["value"])
    class Wallet:  # as OpenCTI declares it
        pass

    rules = stix2validator.ValidationOptions(version="2.1", strict=True, disabled="103")
    result = stix2validator.validate_file(path, rules)
    for found in result.object_results:
        for error in found.errors or []:
            sys.exit(f"stix: {error}")
    if not result.is_valid:
        sys.exit(f"stix: {result.fatal}")
    with open(path, encoding="utf-8") as file:
        bundle = json.load(file)
    kinds = {}
    for entry in stix2.parse(bundle, allow_custom=True).objects:
        kinds[entry["type"]] = kinds.get(entry["type"], 0) + 1
        if entry["type"] == "cryptocurrency-wallet":
            other = Wallet(value=entry["value"]).id
            if other != entry["id"]:
                sys.exit(f"stix: the library calls {entry['value']} {other}, we {entry['id']}")
    return kinds


def misp(path):
    import pymisp

    event = pymisp.MISPEvent()
    event.load_file(path)
    for ours in event.objects:
        theirs = pymisp.MISPObject("coin-address", strict=True)
        if (ours.template_uuid, int(ours.template_version)) != (
                theirs.template_uuid, int(theirs.template_version)):
            sys.exit(f"misp: version {ours.template_version} of the template, "
                     f"not {theirs.template_version}")
        for attribute in ours.attributes:
            added = theirs.add_attribute(attribute.object_relation, attribute.value)
            if added.type != attribute.type:
                sys.exit(f"misp: {attribute.object_relation} is a {added.type}")
        theirs.to_json()  # fails where a field that must be there is not
    return {"objects": len(event.objects), "info": event.info}


if __name__ == "__main__":
    print(json.dumps({"stix": stix, "misp": misp}[sys.argv[1]](sys.argv[2])))
