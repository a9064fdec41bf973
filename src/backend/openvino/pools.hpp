#pragma once

#include "backend/openvino/tensors.hpp"
#include "graph/operations.hpp"

namespace yolofleet::backend::openvino {

/// The output of a pool, from its input. Formulas: graph/operations.hpp.

/// Without the blur; `strides` are those of the window itself.
Tensor pooled(const graph::MaxPool& pool, const Tensor& tensor, const ov::Strides& strides);
Tensor pooled(const graph::DepthMaxPool& pool, const Tensor& tensor, const graph::Shape& input);
Tensor pooled(const graph::LocalAvgPool& pool, const Tensor& tensor);
Tensor pooled(const graph::AvgPool& pool, const Tensor& tensor);

}  // namespace yolofleet::backend::openvino
