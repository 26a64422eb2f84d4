// OFAC's `sdn_advanced.xml` (Specially Designated Nationals, in the Advanced Sanctions Data Model).
//
//   <FeatureType ID="344" ...>Digital Currency Address - XBT</FeatureType>     what the ids mean
//   ...
//   <DistinctParty FixedRef="29468"> ... <Alias Primary="true"> ... <NamePartValue>...
//     <Feature FeatureTypeID="344"> ... <VersionDetail>149w62rY42aZ...</VersionDetail>
//
// A feature type is known by how its text begins, never by its number, so an asset that OFAC lists
// tomorrow is read tomorrow. Each address becomes a tag: label "OFAC SDN: " and the party's primary
// name as the list writes it, abuse `sanction`, confidence `authority_data`, currency as OFAC codes
// it (XBT), lastmod the list's date of issue, context the party's number (FixedRef).
// A list without any such feature type is refused: it is another file, or was cut.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "tags/address_test.h"
#include "tags/pack.h"

namespace tracehound::tags {

// Errors (bad_input): too large, not XML (see xml_reader.h), not this list.
Result<TagPack> parse_ofac(ByteView bytes, const std::string& name, const AddressTest& test,
                           const Fields& more, std::string recipe);

}  // namespace tracehound::tags
