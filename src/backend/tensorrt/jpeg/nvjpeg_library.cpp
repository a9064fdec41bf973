#include "backend/tensorrt/jpeg/nvjpeg_library.hpp"

#include <dlfcn.h>

#include "backend/tensorrt/entry_point.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

constexpr int kOldest = 11;
constexpr int kLatest = 13;

}  // namespace

Result<NvjpegLibrary> NvjpegLibrary::open(const std::string& file) {
  void* const handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return base::fail(ErrorCode::kNotFound, "nvJPEG can't be loaded: {}", dlerror());
  }
  NvjpegLibrary library;
  auto* const property = entry_point<nvjpeg::GetProperty>(handle, "nvjpegGetProperty");
  const auto find = [&](auto*& function, const char* name) {
    function = entry_point<std::remove_reference_t<decltype(*function)>>(handle, name);
    return function != nullptr;
  };
  const bool complete = find(library.create, "nvjpegCreateEx") &&
                        find(library.destroy, "nvjpegDestroy") &&
                        find(library.create_state, "nvjpegJpegStateCreate") &&
                        find(library.destroy_state, "nvjpegJpegStateDestroy") &&
                        find(library.initialize_batched, "nvjpegDecodeBatchedInitialize") &&
                        find(library.decode_batched, "nvjpegDecodeBatched");
  find(library.pre_allocate_batched, "nvjpegDecodeBatchedPreAllocate");
  std::array<int, 3> version{};  // major, minor, patch
  for (int i = 0; i < 3; ++i) {
    if (property == nullptr ||
        property(i, &version[static_cast<std::size_t>(i)]) != nvjpeg::Status::kSuccess) {
      return base::fail(ErrorCode::kDevice, "{}: isn't nvJPEG (it doesn't tell its version)", file);
    }
  }
  library.version_ = fmt::format("{}.{}.{}", version[0], version[1], version[2]);
  if (version[0] < kOldest || version[0] > kLatest) {
    return base::fail(ErrorCode::kMismatch, "{}: is nvJPEG {}; versions {} to {} are supported",
                      file, library.version_, kOldest, kLatest);
  }
  if (!complete) {
    return base::fail(ErrorCode::kDevice, "{}: nvJPEG {} lacks an entry point", file,
                      library.version_);
  }
  return library;
}

}  // namespace yolofleet::backend::tensorrt
