namespace Spud.Plugins;

/// <summary>State of a plugin.</summary>
public enum PluginState
{
    /// <summary>Its manifest is valid; none of its code has been loaded yet.</summary>
    Discovered,

    /// <summary>Loaded, probed and registered: its components can be used.</summary>
    Active,

    /// <summary>It cannot run on this machine: its probe says why, or a native library is missing.</summary>
    Unavailable,

    /// <summary>It was made for another contract version.</summary>
    Incompatible,

    /// <summary>Its manifest is missing or invalid.</summary>
    Malformed,

    /// <summary>Its code cannot be loaded, threw, hung, or registered other components than its manifest offers.</summary>
    Faulty,

    /// <summary>Another folder has the same id and was found first.</summary>
    Duplicate,
}
