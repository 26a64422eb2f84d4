// Mapped files: asking for pages before they are touched.
#pragma once

#include "base/bytes.h"

namespace tracehound {

// These bytes of a mapped file will be read soon: begins to load what is on the disk alone, and
// does not wait for it. Memory of any other kind is left as it is.
void will_need(ByteView bytes);

}  // namespace tracehound
