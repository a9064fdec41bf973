#pragma once

#include <filesystem>
#include <vector>

#include "yolofleet/device_info.hpp"
#include "yolofleet/engine_report.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"
#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"

/// Functions that build engines ahead and manage the engine cache.
///
/// On a GPU a network runs as a TensorRT engine. Building an engine takes minutes, and the engine
/// fits only one kind of device. Engines are kept in a folder, the engine cache. A Detector builds
/// each engine that it doesn't find there. In a program that was built without the GPU back end all
/// functions but `fits` return kNotFound.
namespace yolofleet {

/// Builds the engines that the GPUs of `options.devices` need ("auto" and "all": every usable GPU)
/// and that are not yet in the cache. Each build takes minutes. GPUs of one kind share an engine,
/// which is built on the first of them. Engines for different kinds are built at the same time.
///
/// Uses only the options devices, on_device_error, precision, batch, max_detections, mish,
/// build_level, engine_cache, use_engine_cache and on_build. A Detector that is opened with the
/// same values uses these engines. With batch 0, if 16 pictures are too many for the device's
/// memory, the engine is built for fewer, with a warning. A Detector needs more memory than the
/// build: it may need a still smaller batch, and then builds another engine.
///
/// Errors: kInvalidArgument (an option out of its range, the CPU named as a device,
/// use_engine_cache false, a model without weights), kNotFound (no such GPU, or no usable one, with
/// the reason), kIo (the cache can't be written), kUnsupported (a layer or a precision), kTooLarge
/// (not enough memory on the device, or a batch that is too large for TensorRT), kDevice.
YOLOFLEET_API Result<BuiltEngines> build_engines(const Model& model, const Options& options = {});

/// Lists the engines of a cache folder, sorted by file name. An empty `folder` means
/// default_engine_folder(). Reads only the beginning of each file; checksums are verified when an
/// engine is loaded. A folder that doesn't exist has no engines. Errors: kIo (the folder can't be
/// read, or an error of default_engine_folder), with the folder's name.
YOLOFLEET_API Result<std::vector<CachedEngine>> list_engines(
    const std::filesystem::path& folder = {});

/// Removes the engines of a cache folder, with the timing caches, lock files and abandoned
/// temporary files of their builds. An empty `folder` means default_engine_folder(). Returns the
/// number of removed files. Other files stay, and so do the files of a build that is running.
/// Engines in use keep running. Errors: kIo (the folder can't be read, or a file can't be read or
/// removed), with its name; the error names the first such file, and all others are removed.
YOLOFLEET_API Result<int> clear_engines(const std::filesystem::path& folder = {});

/// Copies an engine of the cache to the file `to` as TensorRT serialised it, without yolofleet's
/// header. `trtexec --loadEngine` and Triton can load that file if they also load
/// libyolofleet_plugins.so. A regular file at `to` is overwritten. Errors, with the file's name:
/// kNotFound, kIo, kMalformed (`file` is no complete engine of yolofleet), kTooLarge (no memory),
/// kInvalidArgument (`to` is the same file as `file`, a symbolic link, or not a regular file).
YOLOFLEET_API Result<void> export_engine(const std::filesystem::path& file,
                                         const std::filesystem::path& to);

/// The user's engine cache: $XDG_CACHE_HOME/yolofleet, else ~/.cache/yolofleet, else the folder
/// yolofleet-UID in the temporary folder, which this call creates. Errors: kIo (that folder can't
/// be created, or other users may write to it), with its name.
YOLOFLEET_API Result<std::filesystem::path> default_engine_folder();

/// Whether this program can run the engine on the device: the engine has no `problem` and was built
/// for the device's kind, by the TensorRT of this device and by this version of yolofleet.
YOLOFLEET_API bool fits(const CachedEngine& engine, const DeviceInfo& device);

}  // namespace yolofleet
