#pragma once

/// All of the public API.
#include "yolofleet/data_file.hpp"
#include "yolofleet/detection.hpp"
#include "yolofleet/detector.hpp"
#include "yolofleet/device.hpp"
#include "yolofleet/device_info.hpp"
#include "yolofleet/engine_report.hpp"
#include "yolofleet/engines.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/picture.hpp"
#include "yolofleet/raw_heads.hpp"
#include "yolofleet/report.hpp"
#include "yolofleet/speed.hpp"
#include "yolofleet/version.hpp"
