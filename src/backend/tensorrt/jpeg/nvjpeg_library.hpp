#pragma once

#include <array>
#include <memory>
#include <string>

#include "backend/tensorrt/jpeg/nvjpeg_api.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// nvJPEG's shared library. It is loaded at run time, and stays loaded as long as the process
/// lives. Thread-safe.
class NvjpegLibrary {
 public:
  /// The names of the supported versions, the latest first.
  static constexpr std::array kFiles{"libnvjpeg.so.13", "libnvjpeg.so.12", "libnvjpeg.so.11"};

  /// Loads a library by the dynamic loader's search path. Errors: kNotFound (no such library, with
  /// the loader's message), kMismatch (another version than the supported ones), kDevice (it isn't
  /// nvJPEG: an entry point is missing).
  static Result<NvjpegLibrary> open(const std::string& file);

  /// "13.0.1".
  const std::string& version() const noexcept { return version_; }

  nvjpeg::CreateEx* create = nullptr;
  nvjpeg::Destroy* destroy = nullptr;
  nvjpeg::StateCreate* create_state = nullptr;
  nvjpeg::StateDestroy* destroy_state = nullptr;
  nvjpeg::BatchedInitialize* initialize_batched = nullptr;
  nvjpeg::BatchedPreAllocate* pre_allocate_batched = nullptr;  ///< null: this version lacks it
  nvjpeg::DecodeBatched* decode_batched = nullptr;

 private:
  NvjpegLibrary() = default;

  std::string version_;
};

}  // namespace yolofleet::backend::tensorrt
