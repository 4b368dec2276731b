namespace Crossbench.Web;

/// <summary>Something that can be done on a page: a button or link that is shown on it.</summary>
/// <param name="Title">Its words.</param>
/// <param name="Keys">Its keys, with spaces between; may be empty.</param>
/// <param name="Icon">Its icon.</param>
public sealed record PageAction(string Title, string Keys, string Icon);
