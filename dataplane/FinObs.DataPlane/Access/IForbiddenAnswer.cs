namespace FinObs.DataPlane.Access;

/// <summary>Metadata of an endpoint that people see in a browser: what they are shown who are let in, but not there. Programs are told the same in JSON.</summary>
internal interface IForbiddenAnswer
{
    Task AnswerAsync(HttpContext context);
}
