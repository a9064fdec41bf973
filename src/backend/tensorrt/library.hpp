#pragma once

#include <memory>
#include <string>

#include "backend/tensorrt/compat.hpp"
#include "backend/tensorrt/logger.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// TensorRT's shared library, loaded at run time, so that one binary runs with and without it.
/// One a process; stays loaded as long as the process lives. Thread-safe.
class Library {
 public:
  /// Loads `libnvinfer.so.MAJOR` from where the dynamic loader finds it (LD_LIBRARY_PATH, ldconfig)
  /// and makes our plugins known to it; every further call gives the same one.
  /// Errors: kNotFound (no such library, with the loader's words), kMismatch (another major version
  /// than this was compiled for), kDevice (it has none of the entry points).
  static Result<const Library*> load();

  /// As `load`, from a file that the dynamic loader is to find under this name; each call gives one
  /// of its own.
  static Result<std::unique_ptr<Library>> open(const std::string& file);

  /// "8.6.0": the library's, not the headers'.
  const std::string& version() const noexcept { return version_; }

  /// Null if TensorRT can't make one; `logger` then has the reason. `logger` must outlive it.
  std::unique_ptr<nvinfer1::IBuilder> make_builder(Logger& logger) const;
  std::unique_ptr<nvinfer1::IRuntime> make_runtime(Logger& logger) const;

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
