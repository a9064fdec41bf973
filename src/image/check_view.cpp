#include "image/check_view.hpp"

#include <array>
#include <string_view>

#include "base/fail.hpp"

namespace yolofleet {

namespace {

Result<void> check_sides(int width, int height) {
  if (width < 1 || height < 1) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "a picture's size is {} x {} pixels; 1 x 1 or more is allowed", width,
                      height);
  }
  return {};
}

Result<void> check_format(const PlanesView& view) {
  if (view.format.bits < 8 || view.format.bits > 16) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "a picture's samples have {} bits; 8 to 16 are allowed", view.format.bits);
  }
  if (view.orientation < 1 || view.orientation > 8) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "a picture's orientation is {}; 1 to 8 is allowed", view.orientation);
  }
  if (view.format.interleaved && view.format.subsampling == Subsampling::kGrey) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "a grey picture has no chroma that could be interleaved");
  }
  return {};
}

}  // namespace

Result<void> check(const ImageView& view) {
  if (auto sides = check_sides(view.width, view.height); !sides) {
    return sides;
  }
  if (view.data == nullptr) {
    return base::fail(ErrorCode::kInvalidArgument, "a picture of {} x {} pixels has no data",
                      view.width, view.height);
  }
  if (view.stride < row_bytes(view)) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "a picture's stride is {} bytes; a row of {} pixels has at least {}",
                      view.stride, view.width, row_bytes(view));
  }
  return {};
}

Result<void> check(const PlanesView& view) {
  if (auto sides = check_sides(view.width, view.height); !sides) {
    return sides;
  }
  if (auto format = check_format(view); !format) {
    return format;
  }
  constexpr std::array<std::string_view, 3> kNames{"Y", "Cb", "Cr"};
  auto sizes = plane_sizes(view.format, view.width, view.height);
  if (view.format.interleaved) {
    sizes[2] = sizes[1];
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i].rows > 0 && view.planes[i] == nullptr) {
      return base::fail(ErrorCode::kInvalidArgument, "a picture's plane {} has no data", kNames[i]);
    }
    if (view.strides[i] < sizes[i].row_bytes) {
      return base::fail(ErrorCode::kInvalidArgument,
                        "the stride of a picture's plane {} is {} bytes; a row has at least {}",
                        kNames[i], view.strides[i], sizes[i].row_bytes);
    }
  }
  return {};
}

Result<void> check(const PixelView& view) {
  return std::visit([](const auto& pixels) { return check(pixels); }, view);
}

}  // namespace yolofleet
