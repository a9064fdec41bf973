#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "cuda/check.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// The result of trying one batch size. If there was too little memory for it, `smaller` is the
/// size to try next; 0: none.
template <typename Made>
struct Attempt {
  Result<Made> made;
  int smaller = 0;
};

/// Calls `attempt(batch)`, which returns an Attempt. While that is a kTooLarge error and
/// `may_shrink` is true, adds a warning and calls it again with Attempt::smaller. A cuda::CudaError
/// that `attempt` throws becomes an error of `device`, with half of the batch as the next to try.
template <typename Try>
auto try_batches(std::string_view device, int batch, bool may_shrink,
                 std::vector<std::string>& warnings, const Try& attempt) {
  using Tried = std::invoke_result_t<const Try&, int>;
  const auto try_one = [&]() -> Tried {
    try {
      return attempt(batch);
    } catch (const cuda::CudaError& error) {
      return {tl::unexpected(cuda::error_of(error, device)), batch / 2};
    }
  };
  for (;;) {
    Tried tried = try_one();
    const bool no_room = !tried.made && tried.made.error().code == ErrorCode::kTooLarge;
    if (!no_room || !may_shrink || tried.smaller == 0) {
      return std::move(tried.made);
    }
    batch = tried.smaller;
    warnings.push_back(
        fmt::format("{}; trying batches of up to {}", tried.made.error().message, batch));
  }
}

}  // namespace yolofleet::backend::tensorrt
