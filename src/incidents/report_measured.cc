// The lines of docs/accuracy.md that reports quote. The document is the source: change a line there
// (from what the command prints), then here; a test compares the two.
#include "incidents/report_limits.h"

namespace tracehound::incidents {

namespace {

// clang-format off
constexpr MeasuredLine kLines[] = {
    {"Services: half of them",
     "| fifo | 65.3 (61.0 to 70.3) | 65.3 (61.0 to 70.3) | 70.0 (64.7 to 76.5) | 70.0 "
     "(64.7 to 76.5) | 62.9 (57.1 to 67.9) | 62.9 (57.1 to 67.9) |",
     "script/accuracy trace"},
    {"Services: half of them",
     "| lifo | 65.3 (61.0 to 70.3) | 65.3 (61.0 to 70.3) | 70.0 (64.7 to 76.5) | 70.0 "
     "(64.7 to 76.5) | 63.1 (57.0 to 68.0) | 63.1 (57.0 to 68.0) |",
     "script/accuracy trace"},
    {"Services: half of them",
     "| haircut | 65.3 (61.0 to 70.3) | 65.3 (61.0 to 70.3) | 70.0 (64.7 to 76.5) | 70.0 "
     "(64.7 to 76.5) | 62.9 (57.2 to 68.1) | 62.9 (57.2 to 68.1) |",
     "script/accuracy trace"},
    {"Services: half of them",
     "| tiho | 65.3 (61.0 to 70.3) | 65.3 (61.0 to 70.3) | 70.0 (64.7 to 76.5) | 70.0 "
     "(64.7 to 76.5) | 63.2 (57.2 to 68.1) | 63.2 (57.2 to 68.1) |",
     "script/accuracy trace"},
    {"Services: half of them",
     "| tilo | 65.3 (61.0 to 70.3) | 65.3 (61.0 to 70.3) | 70.0 (64.7 to 76.5) | 70.0 "
     "(64.7 to 76.5) | 62.6 (57.2 to 68.3) | 62.6 (57.2 to 68.3) |",
     "script/accuracy trace"},
    {"Services: half of them",
     "| seniority | 65.3 (61.0 to 70.3) | 65.3 (61.0 to 70.3) | 70.0 (64.7 to 76.5) | "
     "70.0 (64.7 to 76.5) | 63.1 (57.1 to 68.6) | 63.1 (57.1 to 68.6) |",
     "script/accuracy trace"},
    {"Services: half of them",
     "| poison | 65.3 (61.0 to 70.3) | 11.7 (8.6 to 16.2) | 70.0 (64.7 to 76.5) | 13.5 "
     "(9.1 to 17.9) | 65.5 (59.5 to 70.8) | 10.9 (7.0 to 15.4) |",
     "script/accuracy trace"},
    {"Services: half of them",
     "| agreed | 65.3 (61.0 to 70.3) | 77.8 (72.5 to 82.1) | 70.0 (64.7 to 76.5) | 81.7 "
     "(75.7 to 86.8) | 62.0 (55.9 to 67.6) | 78.8 (71.4 to 83.9) |",
     "script/accuracy trace"},
    {"Services: tagged",
     "| fifo | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | "
     "100.0 (100.0 to 100.0) | 96.6 (94.0 to 97.3) | 96.6 (94.0 to 97.3) |",
     "script/accuracy trace"},
    {"Services: tagged",
     "| lifo | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | "
     "100.0 (100.0 to 100.0) | 96.6 (93.9 to 97.6) | 96.6 (93.9 to 97.6) |",
     "script/accuracy trace"},
    {"Services: tagged",
     "| haircut | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | 100.0 (100.0 to "
     "100.0) | 100.0 (100.0 to 100.0) | 96.7 (94.4 to 97.4) | 96.7 (94.4 to 97.4) |",
     "script/accuracy trace"},
    {"Services: tagged",
     "| tiho | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | "
     "100.0 (100.0 to 100.0) | 96.6 (94.2 to 97.5) | 96.6 (94.2 to 97.5) |",
     "script/accuracy trace"},
    {"Services: tagged",
     "| tilo | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | "
     "100.0 (100.0 to 100.0) | 96.8 (94.6 to 97.7) | 96.8 (94.6 to 97.7) |",
     "script/accuracy trace"},
    {"Services: tagged",
     "| seniority | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | 100.0 (100.0 to "
     "100.0) | 100.0 (100.0 to 100.0) | 96.6 (94.1 to 97.5) | 96.6 (94.1 to 97.5) |",
     "script/accuracy trace"},
    {"Services: tagged",
     "| poison | 100.0 (100.0 to 100.0) | 18.2 (13.2 to 23.4) | 100.0 (100.0 to 100.0) | "
     "20.7 (14.0 to 25.1) | 100.0 (100.0 to 100.0) | 16.7 (12.1 to 22.1) |",
     "script/accuracy trace"},
    {"Services: tagged",
     "| agreed | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) "
     "| 100.0 (100.0 to 100.0) | 95.1 (92.4 to 96.9) | 100.0 (100.0 to 100.0) |",
     "script/accuracy trace"},
    {"Services: clustered",
     "| fifo | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | "
     "100.0 (100.0 to 100.0) | 96.6 (94.0 to 97.3) | 96.6 (94.0 to 97.3) |",
     "script/accuracy trace"},
    {"CoinJoin recognisers on published transactions",
     "| whirlpool | Whirlpool, March 2024 | 1403 | 1403 | 0 | none |",
     "script/accuracy coinjoin"},
    {"CoinJoin recognisers on published transactions",
     "| wasabi1 | Wasabi 1, August 2021 | 196 | 186 | 10 | 10 joinmarket |",
     "script/accuracy coinjoin"},
    {"CoinJoin recognisers on published transactions",
     "| joinmarket | other, June 2024 | 135 | 54 | 81 | 4 equal_outputs |",
     "script/accuracy coinjoin"},
    {"CoinJoin recognisers on published transactions",
     "| joinmarket | other, June 2024 | 432 | 0 | 432 | 29 stonewall |",
     "script/accuracy coinjoin"},
};
// clang-format on

}  // namespace

std::span<const MeasuredLine> measured_lines() { return kLines; }

}  // namespace tracehound::incidents
