#pragma once

#include <memory>
#include <string>

#include "backend/tensorrt/compat.hpp"
#include "backend/tensorrt/logger.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// The environment variable that may name the folder of TensorRT's library.
inline constexpr const char* kFolderVariable = "YOLOFLEET_TENSORRT_DIR";

/// TensorRT's shared library. It is loaded at run time, so that one binary runs with and without
/// it, and stays loaded as long as the process lives. Thread-safe.
class Library {
 public:
  /// Loads `libnvinfer.so.MAJOR` from the folder that `kFolderVariable` names if it is there, else
  /// by the dynamic loader's search path (LD_LIBRARY_PATH, ldconfig), and registers our plugins.
  /// Every further call returns the same object. Errors: kNotFound (no such library, with the
  /// loader's message), kMismatch (another major version than the headers'), kDevice (an entry
  /// point is missing).
  static Result<const Library*> load();

  /// As `load`, with a name for the dynamic loader to find. Each call returns a new object.
  static Result<std::unique_ptr<Library>> open(const std::string& file);

  /// The version of the library, not of the headers: "8.6.0".
  const std::string& version() const noexcept { return version_; }

  /// Null if TensorRT fails; `take_errors` then has the reason.
  std::unique_ptr<nvinfer1::IBuilder> make_builder() const;
  std::unique_ptr<nvinfer1::IRuntime> make_runtime() const;

  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() = default;

 private:
  Library() = default;

  using MakeWithLogger = void* (*)(void* logger, int version);
  std::string version_;
  MakeWithLogger make_builder_ = nullptr;
  MakeWithLogger make_runtime_ = nullptr;
};

}  // namespace yolofleet::backend::tensorrt
