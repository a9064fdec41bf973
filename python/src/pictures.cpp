#include "pictures.hpp"

#include <nanobind/ndarray.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstring>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bindings.hpp"
#include "errors.hpp"
#include "unlocked.hpp"

namespace nb = nanobind;

namespace yolofleet::python {
namespace {

/// (H, W, C) with C 1 or 3. Python has checked the shape, and that pixels lie one after the other.
using Pixels = nb::ndarray<const std::uint8_t, nb::ndim<3>>;
using NewArray = nb::ndarray<nb::numpy, std::uint8_t>;

PixelFormat format_of(std::size_t channels, bool bgr) {
  return channels == 1 ? PixelFormat::kGrey : (bgr ? PixelFormat::kBgr : PixelFormat::kRgb);
}

ImageView view_of(const Pixels& pixels, bool bgr) {
  return {pixels.data(), static_cast<int>(pixels.shape(1)), static_cast<int>(pixels.shape(0)),
          static_cast<std::size_t>(pixels.stride(0)), format_of(pixels.shape(2), bgr)};
}

PendingPicture of_array(const Pixels& pixels, bool bgr) {
  return {Picture(view_of(pixels, bgr)), nb::cast(pixels)};
}

bool has_gaps(const Pixels& pixels) {
  const auto channels = static_cast<std::int64_t>(pixels.shape(2));
  return (pixels.shape(1) > 1 && pixels.stride(1) != channels) ||
         (channels > 1 && pixels.stride(2) != 1);
}

/// Raises if the capsule isn't what its producer told Python.
void check_tensor(const Pixels& pixels) {
  const auto side_fits = [&](std::size_t axis) {
    return pixels.shape(axis) > 0 &&
           pixels.shape(axis) <= static_cast<std::size_t>(std::numeric_limits<int>::max());
  };
  const bool has_channels = pixels.shape(2) == 1 || pixels.shape(2) == 3;
  if (pixels.device_type() != nb::device::cuda::value || pixels.data() == nullptr ||
      !side_fits(0) || !side_fits(1) || !has_channels) {
    raise({ErrorCode::kInvalidArgument,
           "a tensor's DLPack capsule has no memory of a GPU, or another shape than (height, "
           "width, 3) or (height, width, 1)"});
  }
}

/// `stream`: the cudaStream_t on which the tensor's producer has put its work.
PendingPicture of_device(const Pixels& pixels, bool bgr, std::uintptr_t stream, nb::object owner) {
  check_tensor(pixels);
  if (has_gaps(pixels)) {  // of a producer that doesn't tell its strides to Python
    raise({ErrorCode::kInvalidArgument,
           "a tensor of a picture has gaps between its pixels; give a contiguous one"});
  }
  DeviceImage image;
  image.device = "cuda:" + std::to_string(pixels.device_id());
  image.pixels = view_of(pixels, bgr);
  // A handle of CUDA's runtime is a number to Python.
  image.stream = reinterpret_cast<void*>(stream);  // NOLINT(performance-no-int-to-ptr)
  return {Picture(std::move(image)), std::move(owner)};
}

EncodedImage copy_of(const nb::bytes& file) {
  EncodedImage copy(file.size());
  if (!copy.empty()) {
    std::memcpy(copy.data(), file.data(), copy.size());
  }
  return copy;
}

PendingPicture of_bytes(const nb::bytes& file) {
  return {Picture(copy_of(file)), {}};
}

ErrorCode code_of(const std::string& name) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    if (to_string(static_cast<ErrorCode>(code)) == name) {
      return static_cast<ErrorCode>(code);
    }
  }
  throw nb::value_error("no such error code");
}

PendingPicture of_error(const std::string& code, const std::string& message) {
  return {Error{code_of(code), message}, {}};
}

/// The picture's pixels as an array (H, W, 3), without a copy.
nb::object array_of(Image image) {
  auto owned = std::make_unique<Image>(std::move(image));
  Image& kept = *owned;
  const nb::capsule owner(owned.release(),
                          [](void* old) noexcept { delete static_cast<Image*>(old); });
  return nb::cast(
      NewArray(kept.pixels().data(),
               {static_cast<std::size_t>(kept.height()), static_cast<std::size_t>(kept.width()),
                static_cast<std::size_t>(channels(kept.format()))},
               owner));
}

nb::object decode(const nb::bytes& file, std::int64_t max_pixels) {
  const EncodedImage encoded = copy_of(file);
  auto image = [&] {
    const Unlocked unlocked;
    return Image::decode(encoded, {max_pixels, {}});
  }();
  return array_of(value(std::move(image)));
}

/// A copy of the picture with the detections drawn in.
nb::object draw(const Pixels& pixels, bool bgr, const std::vector<std::vector<float>>& found,
                const std::vector<std::string>& names) {
  std::vector<Detection> detections;
  for (const auto& row : found) {  // x1, y1, x2, y2, confidence, class
    detections.push_back({{row.at(0), row.at(1), row.at(2) - row.at(0), row.at(3) - row.at(1)},
                          static_cast<int>(row.at(5)),
                          row.at(4)});
  }
  const ImageView view = view_of(pixels, bgr);
  Image image(view.width, view.height, view.format, nullptr);
  {
    const Unlocked unlocked;
    for (int y = 0; y < view.height; ++y) {
      const auto row = static_cast<std::size_t>(y);
      std::memcpy(image.pixels().data() + row * image.stride(), view.data + row * view.stride,
                  row_bytes(view));
    }
    draw_detections(image, detections, names);
  }
  return array_of(std::move(image));
}

nb::bytes encode(const Pixels& pixels, bool bgr, bool png) {
  const ImageView view = view_of(pixels, bgr);
  auto bytes = [&] {
    const Unlocked unlocked;
    return encode_image(view, png ? ImageFormat::kPng : ImageFormat::kJpeg);
  }();
  const auto file = value(std::move(bytes));
  return nb::bytes(file.data(), file.size());
}

template <typename T>
nb::object new_array(std::vector<T> values, std::initializer_list<std::size_t> shape) {
  auto owned = std::make_unique<std::vector<T>>(std::move(values));
  T* const data = owned->data();
  const nb::capsule owner(owned.release(),
                          [](void* old) noexcept { delete static_cast<std::vector<T>*>(old); });
  return nb::cast(nb::ndarray<nb::numpy, T>(data, shape, owner));
}

}  // namespace

nb::tuple tuple_of(const PictureResult& result) {
  const std::size_t count = result.detections.size();
  std::vector<float> boxes;
  std::vector<float> confidences;
  std::vector<std::int32_t> class_ids;
  boxes.reserve(4 * count);
  confidences.reserve(count);
  class_ids.reserve(count);
  for (const auto& [box, class_id, confidence] : result.detections) {
    boxes.insert(boxes.end(), {box.x, box.y, box.x + box.width, box.y + box.height});
    confidences.push_back(confidence);
    class_ids.push_back(class_id);
  }
  nb::object error = nb::none();
  if (result.error) {
    error = nb::make_tuple(std::string(to_string(result.error->code)), result.error->message,
                           result.error->warnings);
  }
  return nb::make_tuple(
      result.index, result.width, result.height, new_array(std::move(boxes), {count, 4}),
      new_array(std::move(confidences), {count}), new_array(std::move(class_ids), {count}),
      result.detections_cut, result.candidates_dropped, result.device, error);
}

void bind_pictures(nb::module_& module) {
  nb::class_<PendingPicture>(module, "PendingPicture");
  module.def("of_array", &of_array);
  module.def("of_device", &of_device);
  module.def("of_bytes", &of_bytes);
  module.def("of_error", &of_error);
  module.def("decode", &decode);
  module.def("draw", &draw);
  module.def("encode", &encode);
  module.attr("DEFAULT_MAX_PIXELS") = kDefaultMaxPixels;
}

}  // namespace yolofleet::python
