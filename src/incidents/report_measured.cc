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
     "| joinmarket | other, June 2024 | 135 | 53 | 82 | 5 equal_outputs |",
     "script/accuracy coinjoin"},
    {"CoinJoin recognisers on published transactions",
     "| joinmarket | other, June 2024 | 432 | 0 | 432 | 29 stonewall |",
     "script/accuracy coinjoin"},
    {"harmony",
     "| fifo | 11 | 63,362,530.95 | 7,162,616.29 | 89.84 % | 82 |",
     "script/accuracy thefts"},
    {"harmony",
     "| lifo | 11 | 60,661,756.76 | 9,863,390.48 | 86.01 % | 82 |",
     "script/accuracy thefts"},
    {"harmony",
     "| haircut | 11 | 61,704,341.28 | 8,820,805.96 | 87.49 % | 82 |",
     "script/accuracy thefts"},
    {"harmony",
     "| tiho | 11 | 56,164,807.24 | 14,360,340.00 | 79.64 % | 76 |",
     "script/accuracy thefts"},
    {"harmony",
     "| tilo | 11 | 68,423,892.50 | 2,101,254.74 | 97.02 % | 81 |",
     "script/accuracy thefts"},
    {"harmony",
     "| seniority | 11 | 68,560,805.14 | 1,964,342.10 | 97.21 % | 77 |",
     "script/accuracy thefts"},
    {"harmony",
     "| taint-first | 11 | 68,560,805.14 | 1,964,342.10 | 97.21 % | 77 |",
     "script/accuracy thefts"},
    {"harmony",
     "| clean-first | 11 | 56,131,824.73 | 14,393,322.51 | 79.59 % | 81 |",
     "script/accuracy thefts"},
    {"harmony",
     "| poison | 11 | - | - | - | 82 |",
     "script/accuracy thefts"},
    {"lifi",
     "| fifo | 30 | 8,532,443.53 | 1,153,086.66 | 88.09 % | 5 |",
     "script/accuracy thefts"},
    {"lifi",
     "| lifo | 33 | 8,532,455.92 | 1,153,074.27 | 88.09 % | 5 |",
     "script/accuracy thefts"},
    {"lifi",
     "| haircut | 33 | 8,532,563.80 | 1,152,966.39 | 88.10 % | 5 |",
     "script/accuracy thefts"},
    {"lifi",
     "| tiho | 30 | 8,537,265.16 | 1,148,265.03 | 88.14 % | 5 |",
     "script/accuracy thefts"},
    {"lifi",
     "| tilo | 33 | 8,532,441.51 | 1,153,088.68 | 88.09 % | 5 |",
     "script/accuracy thefts"},
    {"lifi",
     "| seniority | 33 | 8,539,295.68 | 1,146,234.52 | 88.17 % | 5 |",
     "script/accuracy thefts"},
    {"lifi",
     "| taint-first | 33 | 8,539,295.68 | 1,146,234.52 | 88.17 % | 5 |",
     "script/accuracy thefts"},
    {"lifi",
     "| clean-first | 30 | 8,532,443.53 | 1,153,086.66 | 88.09 % | 5 |",
     "script/accuracy thefts"},
    {"lifi",
     "| poison | 33 | - | - | - | 5 |",
     "script/accuracy thefts"},
};
// clang-format on

}  // namespace

std::span<const MeasuredLine> measured_lines() { return kLines; }

}  // namespace tracehound::incidents
