#include "chains/transfers/pass_order.h"

#include <gtest/gtest.h>

#include <string>

namespace tracehound::chains::transfers {
namespace {

NameArena names;

ListedRow row(std::string_view from, std::string_view to, std::uint32_t asset = 0) {
  ListedRow made;
  pack(from, names, made.from);
  pack(to, names, made.to);
  set_key(made.from);
  set_key(made.to);
  made.asset = asset;
  return made;
}

std::string ordered(const std::vector<ListedRow>& rows) {
  std::vector<const ListedRow*> order;
  for (const ListedRow& made : rows) order.push_back(&made);
  order_by_passing_on(order);
  std::string text;
  for (const ListedRow* made : order) text += made->from.text() + made->to.text() + " ";
  return text;
}

TEST(pass_order, who_passes_units_on_stands_before_who_gave_them__gets_them_first) {
  EXPECT_EQ(ordered({row("B", "C"), row("A", "B")}), "AB BC ");
  EXPECT_EQ(ordered({row("C", "D"), row("B", "C"), row("A", "B")}), "AB BC CD ");
}

TEST(pass_order, rows_that_do_not_depend_on_one_another__stay_as_the_list_has_them) {
  EXPECT_EQ(ordered({row("X", "Y"), row("A", "B"), row("A", "C")}), "XY AB AC ");
  EXPECT_EQ(ordered({row("B", "C", 1), row("A", "B", 0)}), "BC AB ");
}

TEST(pass_order, a_circle_and_a_transfer_to_oneself__keep_the_lists_order) {
  EXPECT_EQ(ordered({row("B", "A"), row("A", "B")}), "BA AB ");
  EXPECT_EQ(ordered({row("A", "A"), row("A", "B")}), "AA AB ");
  EXPECT_EQ(ordered({row("", "A"), row("A", "")}), "A A ");
}

}  // namespace
}  // namespace tracehound::chains::transfers
