#include "image/check_view.hpp"

#include "base/fail.hpp"

namespace yolofleet {

Result<void> check(const ImageView& view) {
  if (view.width < 1 || view.height < 1) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "a picture's size is {} x {} pixels; 1 x 1 or more is allowed", view.width,
                      view.height);
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

}  // namespace yolofleet
