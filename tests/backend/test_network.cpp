#include "backend/test_network.hpp"

#include <stdexcept>
#include <utility>

#include "graph/shapes.hpp"

namespace yolofleet::backend {

int TestNetwork::add(graph::Operation operation) {
  const int index = static_cast<int>(layers_.size());
  std::vector<graph::Shape> shapes;
  for (const int from : graph::inputs_of(operation, index)) {
    shapes.push_back(from < 0 ? input_ : layers_.at(static_cast<std::size_t>(from)).output);
  }
  const auto facts = graph::infer(operation, shapes);
  if (!facts) {
    throw std::logic_error("the test's network is wrong: " + facts.error().message);
  }
  graph::Layer layer;
  layer.operation = std::move(operation);
  layer.line = 10 * (index + 1);
  layer.input = shapes.front();
  layer.output = facts->output;
  layers_.push_back(std::move(layer));
  return index;
}

int TestNetwork::convolution(graph::Convolution operation) {
  const graph::Shape in = layers_.empty() ? input_ : layers_.back().output;
  const int inputs = in.channels / operation.groups;
  const int count = operation.filters * inputs * operation.size * operation.size;
  operation.weights.kernel = random(static_cast<std::size_t>(count), -0.5F, 0.5F);
  operation.weights.bias = random(static_cast<std::size_t>(operation.filters), -1.0F, 1.0F);
  return add(std::move(operation));
}

int TestNetwork::convolution(int filters, graph::Activation activation) {
  graph::Convolution operation;
  operation.filters = filters;
  operation.size = 3;
  operation.padding = 1;
  operation.activation = activation;
  return convolution(std::move(operation));
}

int TestNetwork::head() {
  graph::Head yolo;
  yolo.anchors = {{10.0F, 20.0F}};
  yolo.mask = {0};
  yolo.classes = layers_.back().output.channels - 5;
  return add(std::move(yolo));
}

std::vector<float> TestNetwork::random(std::size_t count, float least, float most) {
  std::uniform_real_distribution<float> values(least, most);
  std::vector<float> result(count);
  for (float& value : result) {
    value = values(engine_);
  }
  return result;
}

}  // namespace yolofleet::backend
