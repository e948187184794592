/** What an adapter consists of; nothing else of a repository is fetched. */
export const adapterFiles = ['adapter_config.json', 'adapter_model.safetensors'] as const;
