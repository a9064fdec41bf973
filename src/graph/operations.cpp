#include "graph/operations.hpp"

namespace yolofleet::graph {

std::string_view kind_of(const Operation& operation) {
  return std::visit(
      [](const auto& op) {
        if constexpr (requires { section_of(op); }) {
          return section_of(op);
        } else {
          return op.kSection;
        }
      },
      operation);
}

std::string describe(const Operation& operation) {
  return std::visit(
      [](const auto& op) {
        if constexpr (requires { notes_of(op); }) {
          return notes_of(op);
        } else {
          return std::string{};
        }
      },
      operation);
}

}  // namespace yolofleet::graph
