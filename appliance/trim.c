/*
 * malloc_trim(3) for memory.ts: gives the system back what glibc holds in pages that are free. Compiled by
 * scripts/package/trim-addon.ts for each architecture. It needs no header but Node's.
 */
#include <node_api.h>

extern int malloc_trim(size_t pad);

static napi_value trim(napi_env env, napi_callback_info info)
{
	(void)env;
	(void)info;
	malloc_trim(0);
	return NULL;
}

NAPI_MODULE_INIT()
{
	napi_value function;

	if (napi_create_function(env, "trim", NAPI_AUTO_LENGTH, trim, NULL, &function) == napi_ok)
		napi_set_named_property(env, exports, "trim", function);
	return exports;
}
