using Spud;

namespace Backend.Cpu.Shared;

/// <summary>Extensions of workspaces.</summary>
internal static class Workspaces
{
    extension(Workspace workspace)
    {
        /// <summary>Address of a byte of the share, for memory that is not a tensor.</summary>
        public nint AddressAt(long offset) => workspace.ViewAt(offset, ElementType.I8, 1).Address;
    }
}
