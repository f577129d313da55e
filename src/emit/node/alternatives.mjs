/** Whether the reply is one of these answers. */
const fits = (reply, answers) => answers.some((answer) => isSame(reply, answer));
