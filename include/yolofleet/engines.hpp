#pragma once

#include <filesystem>
#include <vector>

#include "yolofleet/device_info.hpp"
#include "yolofleet/engine_report.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"
#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"

/// A network runs on a GPU as an engine, which is built for a kind of device and kept in a folder,
/// the engine cache. A Detector builds what it misses; here engines are built ahead and looked
/// after. In a program without the GPU back end each of these calls gives kNotFound.
namespace yolofleet {

/// Makes sure that each GPU of `options.devices` ("auto" and "all": every one that can be used)
/// finds its engine in the cache. One that isn't there is built, which takes minutes: once for each
/// kind of device, on the first of that kind, and for different kinds at the same time.
/// Of the options those of devices and engines count: devices, precision, batch, max_detections,
/// mish, build_level, engine_cache, on_build. A Detector that is opened with the same ones takes
/// these engines. With batch 0, one for fewer than 16 is built where that many are too large, which
/// is a warning; a Detector may take fewer still, as it needs more memory, and then builds another.
/// Errors: kInvalidArgument (an option out of its range, the CPU among the devices, no cache, a
/// model without weights), kNotFound (no such GPU, or why none can be used), kIo (the cache can't
/// be written), kUnsupported (a layer, a precision), kTooLarge (no memory on the device, or more
/// than TensorRT takes in batches of this size), kDevice.
YOLOFLEET_API Result<BuiltEngines> build_engines(const Model& model, const Options& options = {});

/// The engines of a cache folder (empty: the user's), by file name. Reads the beginning of each
/// file; whether all of its bytes are whole is checked when it is loaded. No such folder: no
/// engine. Errors: kIo (the folder can't be read, or default_engine_folder's), with its name.
YOLOFLEET_API Result<std::vector<CachedEngine>> list_engines(
    const std::filesystem::path& folder = {});

/// Removes the engines of a cache folder (empty: the user's) with what was noted while they were
/// built; other files stay, whatever their names, and so do those of a build that is under way.
/// Gives the number of files. Engines in use go on running. Errors: kIo (the folder can't be read;
/// a file can't be removed: the first, when the others are gone), with its name.
YOLOFLEET_API Result<int> clear_engines(const std::filesystem::path& folder = {});

/// Writes the engine in a file of the cache as TensorRT serialised it, without our header: what
/// `trtexec --loadEngine` and Triton take, if they load libyolofleet_plugins.so beside. Over a
/// regular file that is there. Errors: kNotFound, kIo, kMalformed (no whole engine of ours),
/// kTooLarge (no memory for it), kInvalidArgument (`to` is `file`, a symbolic link, or anything
/// else that is no regular file), with the name.
YOLOFLEET_API Result<void> export_engine(const std::filesystem::path& file,
                                         const std::filesystem::path& to);

/// The user's cache folder: $XDG_CACHE_HOME/yolofleet, else ~/.cache/yolofleet, else yolofleet-UID
/// in the temporary folder, which is made if need be. Errors: kIo (that one can't be made, or
/// others may write it), with its name.
YOLOFLEET_API Result<std::filesystem::path> default_engine_folder();

/// Whether this program would take the engine for a model on the device: it has no problem, and was
/// built for the device's kind by the device's TensorRT and this version of yolofleet.
YOLOFLEET_API bool fits(const CachedEngine& engine, const DeviceInfo& device);

}  // namespace yolofleet
