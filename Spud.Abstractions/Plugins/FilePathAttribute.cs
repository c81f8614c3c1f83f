namespace Spud;

/// <summary>
/// Marks an option of type string that names a file. In a configuration file the path is relative to that file, on the command line to the
/// current folder. The component gets the full path.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilePathAttribute : Attribute;
