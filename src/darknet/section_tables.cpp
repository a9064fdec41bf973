#include "darknet/section_tables.hpp"

#include <array>

#include "darknet/layers/layers.hpp"

namespace yolofleet::darknet {
namespace {

using enum KeyRole;

// What Darknet reads of each section: src/parser.c, parse_net_options and the parse_* of the
// layers, and at the end of parse_network_cfg_custom for every layer.

constexpr std::array kNetKeys{
    Key{"width"},
    Key{"height"},
    Key{"channels"},
    Key{"letter_box"},
    Key{"inputs", kRefused},
    Key{"batch", kIgnored},
    Key{"subdivisions", kIgnored},
    Key{"time_steps", kIgnored},
    Key{"track", kIgnored},
    Key{"augment_speed", kIgnored},
    Key{"sequential_subdivisions", kIgnored},
    Key{"try_fix_nan", kIgnored},
    Key{"max_batches", kIgnored},
    Key{"learning_rate", kIgnored},
    Key{"learning_rate_min", kIgnored},
    Key{"sgdr_cycle", kIgnored},
    Key{"sgdr_mult", kIgnored},
    Key{"momentum", kIgnored},
    Key{"decay", kIgnored},
    Key{"weights_reject_freq", kIgnored},
    Key{"equidistant_point", kIgnored},
    Key{"badlabels_rejection_percentage", kIgnored},
    Key{"num_sigmas_reject_badlabels", kIgnored},
    Key{"ema_alpha", kIgnored},
    Key{"use_cuda_graph", kIgnored},
    Key{"loss_scale", kIgnored},
    Key{"dynamic_minibatch", kIgnored},
    Key{"optimized_memory", kIgnored},
    Key{"workspace_size_limit_MB", kIgnored},
    Key{"adam", kIgnored},
    Key{"B1", kIgnored},
    Key{"B2", kIgnored},
    Key{"eps", kIgnored},
    Key{"max_crop", kIgnored},
    Key{"min_crop", kIgnored},
    Key{"flip", kIgnored},
    Key{"blur", kIgnored},
    Key{"gaussian_noise", kIgnored},
    Key{"mixup", kIgnored},
    Key{"cutmix", kIgnored},
    Key{"mosaic", kIgnored},
    Key{"mosaic_bound", kIgnored},
    Key{"contrastive", kIgnored},
    Key{"contrastive_jit_flip", kIgnored},
    Key{"contrastive_color", kIgnored},
    Key{"unsupervised", kIgnored},
    Key{"label_smooth_eps", kIgnored},
    Key{"resize_step", kIgnored},
    Key{"attention", kIgnored},
    Key{"adversarial_lr", kIgnored},
    Key{"max_chart_loss", kIgnored},
    Key{"angle", kIgnored},
    Key{"aspect", kIgnored},
    Key{"saturation", kIgnored},
    Key{"exposure", kIgnored},
    Key{"hue", kIgnored},
    Key{"power", kIgnored},
    Key{"policy", kIgnored},
    Key{"burn_in", kIgnored},
    Key{"step", kIgnored},
    Key{"scale", kIgnored},
    Key{"steps", kIgnored},
    Key{"scales", kIgnored},
    Key{"seq_scales", kIgnored},
    Key{"gamma", kIgnored},
    Key{"show_receptive_field", kIgnored},
};

constexpr std::array kEveryLayerKeys{
    Key{"clip", kIgnored},
    Key{"onlyforward", kIgnored},
    Key{"dont_update", kIgnored},
    Key{"burnin_update", kIgnored},
    Key{"stopbackward", kIgnored},
    Key{"train_only_bn", kIgnored},
    Key{"learning_rate", kIgnored},
    Key{"dontload", kUnsupported},
    Key{"dontloadscales", kUnsupported},
};

constexpr std::array kConvolutionalKeys{
    Key{"filters"},
    Key{"size"},
    Key{"stride"},
    Key{"stride_x"},
    Key{"stride_y"},
    Key{"dilation"},
    Key{"pad"},
    Key{"padding"},
    Key{"groups"},
    Key{"activation"},
    Key{"batch_normalize"},
    Key{"cbn"},
    Key{"antialiasing"},
    Key{"share_index", kRefused},
    Key{"binary", kUnsupported},
    Key{"xnor", kUnsupported},
    Key{"sway", kUnsupported},
    Key{"rotate", kUnsupported},
    Key{"stretch", kUnsupported},
    Key{"stretch_sway", kUnsupported},
    Key{"flipped", kUnsupported},
    Key{"coordconv", kUnsupported},
    Key{"assisted_excitation", kIgnored},
    Key{"bin_output", kIgnored},
    Key{"dot", kIgnored},
    Key{"angle", kIgnored},
    Key{"grad_centr", kIgnored},
    Key{"reverse", kIgnored},
    Key{"stream", kIgnored},
    Key{"wait_stream", kIgnored},
};

constexpr std::array kRouteKeys{Key{"layers"}, Key{"groups"}, Key{"group_id"},
                                Key{"stream", kIgnored}, Key{"wait_stream", kIgnored}};
constexpr std::array kShortcutKeys{Key{"from"}, Key{"activation"}, Key{"weights_type"},
                                   Key{"weights_normalization"}};
constexpr std::array kMaxPoolKeys{Key{"stride"},
                                  Key{"stride_x"},
                                  Key{"stride_y"},
                                  Key{"size"},
                                  Key{"padding"},
                                  Key{"maxpool_depth", kUnsupported},
                                  Key{"out_channels", kIgnored},
                                  Key{"antialiasing"},
                                  Key{"maxpool_zero_nonmax", kUnsupported}};
constexpr std::array kUpsampleKeys{Key{"stride"}, Key{"scale"}};
constexpr std::array kReorgKeys{Key{"stride"}, Key{"reverse", kUnsupported}};
constexpr std::array kScaleChannelsKeys{Key{"from"}, Key{"scale_wh"}, Key{"activation"}};
constexpr std::array kSamKeys{Key{"from"}, Key{"activation"}};
constexpr std::array kDropoutKeys{Key{"probability", kIgnored}, Key{"dropblock", kIgnored},
                                  Key{"dropblock_size_rel", kIgnored},
                                  Key{"dropblock_size_abs", kIgnored}};

constexpr std::array kYoloKeys{
    Key{"classes"},
    Key{"num"},
    Key{"mask"},
    Key{"anchors"},
    Key{"scale_x_y"},
    Key{"new_coords"},
    Key{"nms_kind"},
    Key{"beta_nms"},
    Key{"embedding_layer", kRefused},
    Key{"max", kIgnored},
    Key{"show_details", kIgnored},
    Key{"max_delta", kIgnored},
    Key{"counters_per_class", kIgnored},
    Key{"label_smooth_eps", kIgnored},
    Key{"objectness_smooth", kIgnored},
    Key{"iou_normalizer", kIgnored},
    Key{"obj_normalizer", kIgnored},
    Key{"cls_normalizer", kIgnored},
    Key{"delta_normalizer", kIgnored},
    Key{"iou_loss", kIgnored},
    Key{"iou_thresh_kind", kIgnored},
    Key{"jitter", kIgnored},
    Key{"resize", kIgnored},
    Key{"focal_loss", kIgnored},
    Key{"ignore_thresh", kIgnored},
    Key{"truth_thresh", kIgnored},
    Key{"iou_thresh", kIgnored},
    Key{"random", kIgnored},
    Key{"track_history_size", kIgnored},
    Key{"sim_thresh", kIgnored},
    Key{"dets_for_track", kIgnored},
    Key{"dets_for_show", kIgnored},
    Key{"track_ciou_norm", kIgnored},
    Key{"map", kIgnored},
};

constexpr std::array kGaussianYoloKeys{
    Key{"classes"},
    Key{"num"},
    Key{"mask"},
    Key{"anchors"},
    Key{"scale_x_y"},
    Key{"nms_kind"},
    Key{"beta_nms"},
    Key{"yolo_point"},
    Key{"max", kIgnored},
    Key{"max_delta", kIgnored},
    Key{"counters_per_class", kIgnored},
    Key{"label_smooth_eps", kIgnored},
    Key{"objectness_smooth", kIgnored},
    Key{"uc_normalizer", kIgnored},
    Key{"iou_normalizer", kIgnored},
    Key{"obj_normalizer", kIgnored},
    Key{"cls_normalizer", kIgnored},
    Key{"delta_normalizer", kIgnored},
    Key{"iou_loss", kIgnored},
    Key{"iou_thresh_kind", kIgnored},
    Key{"jitter", kIgnored},
    Key{"resize", kIgnored},
    Key{"ignore_thresh", kIgnored},
    Key{"truth_thresh", kIgnored},
    Key{"iou_thresh", kIgnored},
    Key{"random", kIgnored},
    Key{"map", kIgnored},
};

constexpr std::array kRegionKeys{
    Key{"classes"},
    Key{"num"},
    Key{"anchors"},
    Key{"coords"},
    Key{"softmax"},
    Key{"tree"},
    Key{"classfix", kUnsupported},
    Key{"map", kIgnored},  // of a tree only
    Key{"max", kIgnored},
    Key{"log", kIgnored},
    Key{"sqrt", kIgnored},
    Key{"focal_loss", kIgnored},
    Key{"jitter", kIgnored},
    Key{"resize", kIgnored},
    Key{"rescore", kIgnored},
    Key{"thresh", kIgnored},
    Key{"absolute", kIgnored},
    Key{"random", kIgnored},
    Key{"coord_scale", kIgnored},
    Key{"object_scale", kIgnored},
    Key{"noobject_scale", kIgnored},
    Key{"mask_scale", kIgnored},
    Key{"class_scale", kIgnored},
    Key{"bias_match", kIgnored},
};

/// Read by no version of Darknet where they stand, but common in people's files.
constexpr std::array kDeadKeys{Key{"max_epochs", kDead}, Key{"beta1", kDead},
                               Key{"uc_normalizer", kDead}};

constexpr std::array kLayerKinds{
    SectionKind{"convolutional", kConvolutionalKeys, convert_convolutional},
    SectionKind{"conv", kConvolutionalKeys, convert_convolutional},
    SectionKind{"route", kRouteKeys, convert_route},
    SectionKind{"shortcut", kShortcutKeys, convert_shortcut},
    SectionKind{"maxpool", kMaxPoolKeys, convert_maxpool},
    SectionKind{"max", kMaxPoolKeys, convert_maxpool},
    SectionKind{"avgpool", {}, convert_avgpool},
    SectionKind{"avg", {}, convert_avgpool},
    SectionKind{"upsample", kUpsampleKeys, convert_upsample},
    SectionKind{"scale_channels", kScaleChannelsKeys, convert_scale_channels},
    SectionKind{"sam", kSamKeys, convert_sam},
    SectionKind{"dropout", kDropoutKeys, convert_dropout},
    SectionKind{"reorg", kReorgKeys, convert_reorg},
    SectionKind{"reorg3d", kReorgKeys, convert_reorg3d},
    SectionKind{"yolo", kYoloKeys, convert_yolo},
    SectionKind{"Gaussian_yolo", kGaussianYoloKeys, convert_gaussian_yolo},
    SectionKind{"region", kRegionKeys, convert_region},
    // Known to Darknet (src/parser.c, string_to_layer_type), not to us.
    SectionKind{"activation", {}},
    SectionKind{"batchnorm", {}},
    SectionKind{"conn", {}},
    SectionKind{"connected", {}},
    SectionKind{"contrastive", {}},
    SectionKind{"conv_lstm", {}},
    SectionKind{"cost", {}},
    SectionKind{"crnn", {}},
    SectionKind{"crop", {}},
    SectionKind{"detection", {}},
    SectionKind{"empty", {}},
    SectionKind{"gru", {}},
    SectionKind{"history", {}},
    SectionKind{"implicit", {}},
    SectionKind{"local", {}},
    SectionKind{"local_avg", {}},
    SectionKind{"local_avgpool", {}},
    SectionKind{"lrn", {}},
    SectionKind{"lstm", {}},
    SectionKind{"normalization", {}},
    SectionKind{"rnn", {}},
    SectionKind{"silence", {}},
    SectionKind{"soft", {}},
    SectionKind{"softmax", {}},
};

}  // namespace

std::span<const Key> net_keys() noexcept {
  return kNetKeys;
}

std::span<const Key> every_layer_keys() noexcept {
  return kEveryLayerKeys;
}

std::span<const Key> dead_keys() noexcept {
  return kDeadKeys;
}

std::span<const SectionKind> layer_kinds() noexcept {
  return kLayerKinds;
}

}  // namespace yolofleet::darknet
