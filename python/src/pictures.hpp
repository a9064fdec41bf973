#pragma once

#include <nanobind/nanobind.h>

#include <variant>

#include "yolofleet/picture.hpp"

namespace yolofleet::python {

/// A picture, or an error in its place, before it is submitted.
struct PendingPicture {
  std::variant<Picture, Error> content;
  nanobind::object owner;  ///< of the memory of a view; kept until its result is there
};

/// The results that Python gets, as a tuple: index, width, height, boxes (N, 4) float32 x1 y1 x2
/// y2, confidences (N,) float32, class_ids (N,) int32, detections_cut, candidates_dropped, device,
/// error (code, message, warnings) or None.
nanobind::tuple tuple_of(const PictureResult& result);

}  // namespace yolofleet::python
