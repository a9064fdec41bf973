#include "graph/shapes.hpp"

namespace yolofleet::graph {

std::vector<int> inputs_of(const Operation& operation, int index) {
  const int before = index - 1;
  return std::visit(
      [before](const auto& op) {
        if constexpr (requires { layers_read(op, before); }) {
          return layers_read(op, before);
        } else {
          return std::vector<int>{before};
        }
      },
      operation);
}

Result<LayerFacts> infer(const Operation& operation, std::span<const Shape> inputs) {
  return std::visit([inputs](const auto& op) { return infer_facts(op, inputs); }, operation);
}

}  // namespace yolofleet::graph
