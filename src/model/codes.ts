// Codes of models and LoRA targets (M001–M049).
import type { CodeDoc } from '../diagnostics/finding.ts';

export const modelCodes: CodeDoc[] = [
  {
    code: 'M001',
    name: 'target-matches-nothing',
    severity: 'error',
    title: 'A name in `lora.target_modules` matches no layer of the model.',
    prose:
      'PEFT compares each name with the end of the full module name (`q_proj` matches `model.layers.0.self_attn.q_proj`), and is silent about a name that matches nothing as long as another one matches. lorch refuses: the run would train fewer layers than asked for. `lorch model show MODEL` lists the names; `all-linear` takes every linear layer but the output head.',
  },
  {
    code: 'M002',
    name: 'saved-module-matches-nothing',
    severity: 'error',
    title: 'A name in `lora.modules_to_save` matches no module of the model.',
    prose:
      'PEFT ignores such a name silently, and the module stays frozen. The embedding and the head are called `embed_tokens` and `lm_head` in most families, `wte` and `lm_head` in GPT-2, `embed_in` and `lm_head` in GPT-NeoX.',
  },
  {
    code: 'M003',
    name: 'target-is-no-layer',
    severity: 'error',
    title: 'A target is a module that PEFT cannot adapt.',
    prose:
      'LoRA adapts linear layers, the Conv1D layers of GPT-2 and embeddings. A block such as `mlp` or a norm is refused; name the layers inside it.',
  },
  {
    code: 'M004',
    name: 'unreadable-pattern',
    severity: 'error',
    title: 'A regular expression among the LoRA settings cannot be read.',
    prose:
      '`target_modules` and `exclude_modules` given as one string are regular expressions over the whole module name (except `all-linear`); keys of `rank_pattern` and `alpha_pattern` are too.',
  },
  {
    code: 'M005',
    name: 'refused-combination',
    severity: 'error',
    title: 'PEFT refuses this combination of LoRA settings.',
    prose: 'The message names the settings and what each needs. Nothing was loaded yet.',
  },
  {
    code: 'M006',
    name: 'nothing-to-adapt',
    severity: 'error',
    title: 'No layer is left to adapt.',
    prose:
      'Every layer that `target_modules` names is excluded by `exclude_modules`, `layers_to_transform` or `modules_to_save`.',
  },
  {
    code: 'M007',
    name: 'pattern-matches-nothing',
    severity: 'warning',
    title: 'A key of `rank_pattern` or `alpha_pattern` matches no adapted layer.',
    prose:
      'The key has no effect: every layer keeps `r` and `lora_alpha`. A key matches the end of a module name.',
  },
  {
    code: 'M008',
    name: 'layer-index-out-of-range',
    severity: 'error',
    title: '`layers_to_transform` names a layer that the model does not have.',
    prose: 'Layers count from 0, so the last layer of a model with 32 is 31.',
  },
  {
    code: 'M009',
    name: 'exclusion-matches-nothing',
    severity: 'warning',
    title: 'A name in `lora.exclude_modules` excludes nothing.',
    prose: 'No adapted layer has that name, so the exclusion has no effect.',
  },
  {
    code: 'M010',
    name: 'not-a-model',
    severity: 'error',
    title: 'This is not the config of a causal language model.',
    prose:
      'A model folder holds config.json with `model_type` and sizes. Adapters (adapter_config.json) are not base models: name the base.',
  },
  {
    code: 'M011',
    name: 'model-not-found',
    severity: 'error',
    title: 'There is no such model.',
    prose:
      'MODEL is a hub id (`owner/name`), a folder with config.json, or a config.json. A path begins with `.`, `/` or `~`, or exists. The hub also answers "not found" for a private repository that your token may not see.',
  },
  {
    code: 'M012',
    name: 'model-gated',
    severity: 'error',
    title: 'The model is gated or private, and you have no access yet.',
    prose:
      'Accept the terms on the model page, make a read token in your account, and give it as HF_TOKEN or by `hf auth login`. lorch never writes the token anywhere.',
  },
  {
    code: 'M013',
    name: 'revision-not-found',
    severity: 'error',
    title: 'The model has no such revision.',
    prose: '`revision` is a branch, a tag or a commit of the hub repository.',
  },
  {
    code: 'M014',
    name: 'tensors-differ',
    severity: 'warning',
    title: 'The tensors of the model differ from what config.json says.',
    prose:
      'Names or shapes in the safetensors files are not those that the config builds: a resized vocabulary, a changed config, or an incomplete download. Loading may fail or leave weights random.',
  },
  {
    code: 'M015',
    name: 'unreadable-tensors',
    severity: 'error',
    title: 'A safetensors file cannot be read.',
    prose:
      'The header is damaged or the file was cut short, often by an interrupted download. Fetch it again.',
  },
  {
    code: 'M016',
    name: 'parameters-unknown',
    severity: 'note',
    title: 'The LoRA parameters cannot be counted from shapes alone.',
    prose:
      'lorch counts exactly or not at all. For a family that is not in its tables, for code that comes with the model, and for settings that depend on weights, the trainer counts on the meta device (no weights are loaded); that needs the Python environment: `lorch setup`.',
  },
  {
    code: 'M017',
    name: 'unreadable-lora-setting',
    severity: 'error',
    title: '`--lora` cannot be read.',
    prose:
      'Write fields of LoraConfig as `key=value`, separated by commas, names of a list joined by `+`: `r=16,target_modules=q_proj+v_proj`. Anything deeper goes in as a JSON object.',
  },
  {
    code: 'M018',
    name: 'parameter-matches-nothing',
    severity: 'error',
    title: 'A name in `lora.target_parameters` matches no parameter of the model.',
    prose:
      'PEFT compares each name with the end of the full parameter name (`experts.gate_up_proj` matches `model.layers.0.mlp.experts.gate_up_proj`), and skips a name that matches nothing. `lorch model show MODEL` lists the names. Linear layers are named in `target_modules`.',
  },
  {
    code: 'M019',
    name: 'token-embedding-matches-nothing',
    severity: 'error',
    title: 'A key of `lora.trainable_token_indices` matches no embedding of the model.',
    prose:
      'A list of token ids means the input embedding. A mapping names embeddings by the end of their names: `embed_tokens` in most families, `wte` in GPT-2, `embed_in` in GPT-NeoX, and `lm_head` for the output.',
  },
  {
    code: 'M020',
    name: 'experts-left-out',
    severity: 'warning',
    title: '`all-linear` adapts no expert of this mixture-of-experts model.',
    prose:
      "transformers stacks the experts of a layer in one parameter, which is not a linear layer. PEFT translates `all-linear` for Mixtral, Qwen 3 MoE and DeepSeek, but not for gpt-oss and Qwen 2 MoE: there only attention, and a shared expert if there is one, get adapters. Most of the model's weights are in its experts; name them in `target_parameters` to adapt them, at r·experts·(in + out) parameters each.",
  },
  {
    code: 'M021',
    name: 'head-cannot-be-adapted',
    severity: 'error',
    title: 'The output head cannot be trained this way.',
    prose:
      "TRL computes the loss from the head's weight directly, so a LoRA adapter on `lm_head` gets no gradient, even if `ensure_weight_tying` adds it together with the embedding. Single rows (`trainable_token_indices`, `tokenizer.add_tokens`) train, except in a head with a bias, because PEFT leaves the bias out. `modules_to_save` trains the whole head.",
  },
  {
    code: 'M022',
    name: 'image-layers-adapted',
    severity: 'warning',
    title: 'Adapted layers see images only.',
    prose:
      'In a model that also sees images, `all-linear` and names like `q_proj` match the vision tower too. Rows of text never pass through it: its adapters get no gradient, count as trainable, and cost memory. Exclude the tower, or name the language model in a regular expression.',
  },
  {
    code: 'M023',
    name: 'attention-not-possible',
    severity: 'error',
    title: 'The model has no such attention implementation.',
    prose:
      "transformers refuses to load a model with an attention implementation that its class lacks: gpt-oss has attention sinks, which PyTorch's `sdpa` cannot do. `model.attn_implementation: eager` works everywhere.",
  },
  {
    code: 'M040',
    name: 'unreadable-adapter',
    severity: 'error',
    title: 'adapter_config.json is not what PEFT writes.',
    prose: 'A field has a type that no adapter has. Fetch the adapter again, or save it again with PEFT.',
  },
  {
    code: 'M041',
    name: 'no-safetensors',
    severity: 'note',
    title: 'The model holds no safetensors file.',
    prose:
      'Names and shapes are read from `model.safetensors` or the shards that `model.safetensors.index.json` names. Pickled weights (`pytorch_model.bin`) are never opened, so lorch cannot check that they fit config.json.',
  },
  {
    code: 'M042',
    name: 'count-differs',
    severity: 'error',
    title: 'PEFT counts other parameters than lorch.',
    prose:
      '`lorch model show --verify` builds the model on the meta device and lets PEFT count. PEFT is right; the difference is a fault of lorch. Please report it with the model and the settings. Training is safe: it checks its own count against the plan before the first step.',
  },
  {
    code: 'M043',
    name: 'stored-quantized',
    severity: 'warning',
    title: 'The weights are stored quantized.',
    prose:
      'A checkpoint of bitsandbytes is trained as QLoRA as it is, one in mxfp4 (gpt-oss) is unpacked to bf16 and trained as LoRA. Those of other methods (GPTQ, AWQ, fp8 …) need packages that lorch does not bring, or cannot be trained at all: train on the model that they were made from, with `quantization:` to save memory. Parameters are those of the model that the stored weights stand for.',
  },
  {
    code: 'M044',
    name: 'weights-not-here',
    severity: 'note',
    title: "Offline, the model's weights are not on this machine.",
    prose:
      'Its facts are known from the cache, so everything can be counted; a run needs the files themselves. `hf download MODEL` fetches them with a network connection.',
  },
  {
    code: 'M024',
    name: 'config-too-large',
    severity: 'error',
    title: 'config.json describes a model that cannot exist.',
    prose:
      'Millions of layers, or values nested a hundred deep, would keep every command busy for minutes. lorch reads up to 4,096 layers, 65,536 experts and sizes below 2³¹. The file is damaged, or was made to do harm.',
  },
  {
    code: 'M025',
    name: 'slow-pattern',
    severity: 'error',
    title: 'A pattern for module names takes too long.',
    prose:
      '`target_modules`, `exclude_modules` and their like may be regular expressions. One with a repetition within a repetition, such as `(a+)+b`, can take hours on a name of thirty letters, here and in PEFT. lorch stops after two seconds. Usually a list of name endings says the same: `[q_proj, v_proj]`.',
  },
  {
    code: 'M026',
    name: 'model-file-too-large',
    severity: 'error',
    title: 'A file that describes a model is too large.',
    prose:
      'config.json, indexes, templates and model cards are read into memory. Those of real models have some kilobytes, at most a few megabytes; lorch reads up to 64 MiB. The file is damaged, or it is another kind of file under this name.',
  },
  {
    code: 'M030',
    name: 'unknown-gpu',
    severity: 'error',
    title: '`--gpu` names a GPU that lorch has no figures for.',
    prose:
      'The table holds common cards with the memory that their driver reports; without `--gpu`, the card that nvidia-smi shows is taken.',
  },
  {
    code: 'M035',
    name: 'sequence-too-long',
    severity: 'error',
    title: '`--sequence` is longer than the model reads at once.',
    prose: 'config.json states the limit. Rows of a run are cut at `training.max_length`, which is lower.',
  },
  {
    code: 'M036',
    name: 'config-has-settings',
    severity: 'error',
    title: '`--lora` or `--revision` was given beside a config.',
    prose:
      '`lorch model calibrate` takes a model with LoRA settings, or a run config that holds them. `--set` changes a setting of either.',
  },
  {
    code: 'M037',
    name: 'quantized-twice',
    severity: 'error',
    title: 'The config quantizes a base that is stored quantized.',
    prose:
      'bitsandbytes quantizes weights of 16 or 32 bits. A base in mxfp4 (gpt-oss) is unpacked to bf16 when it is loaded; leave `quantization:` out. For others (GPTQ, AWQ, fp8 …) name the model that they were made from.',
  },
];
