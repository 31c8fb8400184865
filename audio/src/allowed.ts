/** The one list of what FFmpeg may open and decode. It is also what our own build of FFmpeg holds (`ffmpeg-build/`). */

const words = (list: string): readonly string[] => list.trim().split(/\s+/);

/**
 * Demuxers a source may have. Absent on purpose: everything that opens other files or the network (hls,
 * dash, concat, sdp, rtsp, image2), generators (lavfi), programs in disguise (libopenmpt, libgme, swf),
 * pictures and text, what is only known by its file's name (raw PCM, G.722, aptX), and containers of single games,
 * for which nobody has asked. A name that this FFmpeg does not know is harmless.
 */
export const demuxers = words(`
  aac ac3 adx aiff amr amrnb amrwb ape asf au avi caf dsf dts dtshd eac3 flac flv gsm iff ircam loas matroska webm mlp
  mmf mov mp4 m4a 3gp 3g2 mj2 mp3 mpc mpc8 mpeg mpegts nistsphere ogg oma rm shn sln sox tak truehd tta voc w64 wav wv
  xwma`);

/**
 * Decoders of what these containers can hold. Absent on purpose: codecs of containers that are not in the list above
 * (games, tapes, aptX), synthesisers (a few bytes of input make endless sound), FFmpeg's own experiments, and other
 * projects' libraries where FFmpeg has a decoder of its own. One codec has several names in FFmpeg's versions.
 */
export const decoders = words(`
  8svx_exp 8svx_fib aac aac_fixed aac_latm ac3 ac3_fixed acelp.kelvin adpcm_adx adpcm_agm adpcm_ct adpcm_g722 adpcm_g726
  adpcm_g726le g722 g726 g726le adpcm_ima_amv adpcm_ima_dk3 adpcm_ima_dk4 adpcm_ima_oki adpcm_ima_qt adpcm_ima_wav
  adpcm_ima_ws adpcm_ms adpcm_sbpro_2 adpcm_sbpro_3 adpcm_sbpro_4 adpcm_swf adpcm_xa adpcm_yamaha alac als amrnb amrwb
  ape atrac1 atrac3 atrac3al atrac3plus atrac3plusal atrac9 cook dca dolby_e dsd_lsbf dsd_lsbf_planar dsd_msbf
  dsd_msbf_planar dst dvaudio eac3 evrc flac ftr g723_1 g729 gsm gsm_ms iac ilbc imc mace3 mace6 metasound misc4 mlp mp1 mp1float
  mp2 mp2float mp3 mp3float mp3on4 mp3on4float mpc7 mpc8 msnsiren nellymoser on2avc opus pcm_alaw pcm_bluray pcm_dvd
  pcm_f16le pcm_f24le pcm_f32be pcm_f32le pcm_f64be pcm_f64le pcm_mulaw pcm_s16be pcm_s16be_planar pcm_s16le
  pcm_s16le_planar pcm_s24be pcm_s24le pcm_s24le_planar pcm_s32be pcm_s32le pcm_s32le_planar pcm_s64be pcm_s64le pcm_s8
  pcm_s8_planar pcm_u16be pcm_u16le pcm_u24be pcm_u24le pcm_u32be pcm_u32le pcm_u8 qcelp qdm2 qdmc ralf real_144
  real_288 s302m sdx2_dpcm shorten sipr speex tak truehd truespeech tta twinvq vorbis wavpack wmalossless wmapro wmav1
  wmav2 wmavoice xma1 xma2`);
