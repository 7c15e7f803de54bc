/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors and states of VMs in words, for the log, the console and the control channel.
 */
#include "hypervisor/vm.h"
#include "lib/util.h"

static const char *const errors[] = {
	[VM_OK] = "done",
	[VM_ERROR_NAME] = "a name is 1 to 31 letters, digits and -_.+, and not hyp or fw",
	[VM_ERROR_NAME_TAKEN] = "there is a VM of this name",
	[VM_ERROR_CPUS] = "a VM has 1 to 8 CPUs",
	[VM_ERROR_MEMORY] = "memory is a multiple of 2 MiB up to 255 GiB",
	[VM_ERROR_ADDRESS] = "an address is not in the VM's memory, or not a multiple of 8",
	[VM_ERROR_QUOTA] = "a quota is 0 or too large",
	[VM_ERROR_BOOTARGS] = "bootargs have at most 2047 characters",
	[VM_ERROR_IMAGES] = "there is no kernel, or an image is larger than the VM's memory",
	[VM_ERROR_FULL] = "there are as many VMs as there can be",
	[VM_ERROR_NO_MEMORY] = "the board has not enough free memory",
	[VM_ERROR_STATE] = "not in the state that the VM is in",
	[VM_ERROR_QUARANTINED] = "the TEE did not let go of this VM: it is lost until a reboot",
	[VM_ERROR_RANGE] = "not the next piece of the image",
	[VM_ERROR_NOT_LOADED] = "the VM has not all of its images yet",
	[VM_ERROR_LAYOUT] = "kernel and ramdisk do not fit into the VM's memory",
};

static const char *const states[] = {
	[VM_FREE] = "gone",	    [VM_MAKING] = "gone",	 [VM_STOPPED] = "off",
	[VM_STARTING] = "starts",   [VM_RUNNING] = "runs",	 [VM_PAUSED] = "paused",
	[VM_STOPPING] = "stopping", [VM_FINISHING] = "stopping", [VM_QUARANTINED] = "quarantined",
};

const char *vm_error_text(enum vm_error error)
{
	return (size_t)error < ARRAY_SIZE(errors) ? errors[error] : "unknown error";
}

const char *vm_state_text(enum vm_state state)
{
	return (size_t)state < ARRAY_SIZE(states) ? states[state] : "unknown state";
}
