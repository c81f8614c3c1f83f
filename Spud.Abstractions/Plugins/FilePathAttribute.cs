namespace Spud;

/// <summary>
/// An option, a string, that names a file. Written in a file it is relative to that file, on the command line to the current folder; the
/// component gets a full path.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilePathAttribute : Attribute;
